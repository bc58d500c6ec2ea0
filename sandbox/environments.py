"""Environments: an interpreter's packages in a folder that every sandbox sees at one path.

Built once per (interpreter, requirements, test tools) under ``<cache>/environments/<digest>``. It
is a virtual environment without pip whose scripts name `ENVIRONMENT`, where providers put it, so
the folder may lie anywhere on the host. Only wheels are installed: building a source
distribution runs its code, and that must never happen outside of a sandbox.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import EnvironmentBuildFailed, SandboxUnavailable
from sandbox.protocol import EnvironmentId, EnvironmentSpec

ENVIRONMENT = "/environment"
"""Where an environment lies inside of every sandbox."""

TEST_TOOLS = Path(__file__).with_name("test_tools.lock")
"""What is installed in every environment, pinned with hashes."""

_FORMAT = "1"
_REQUIREMENT = re.compile(
    r"\s*[A-Za-z0-9][\w.-]*\s*(\[[\w\s,.-]*\])?[\s(]*([<>=!~][\w\s<>=!~.,*+-]*)?[\s)]*"
)
_LOG_LINES = 15
_BUILD_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python installation that environments stand on, with symlinks resolved."""

    executable: Path
    prefix: Path

    @property
    def library(self) -> Path:
        """The standard library's folder."""
        return self.prefix / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"


def interpreter() -> Interpreter:
    """The base of the Python that runs us, even when that is a virtual environment.

    Raises: EnvironmentBuildFailed where its prefix would show more than an interpreter.
    """
    prefix = Path(sys.base_prefix).resolve()
    base = getattr(sys, "_base_executable", sys.executable)
    found = Interpreter(Path(base).resolve(), prefix)
    if not found.library.is_dir() or prefix in (Path("/"), Path.home(), Path("/home")):
        raise EnvironmentBuildFailed(
            f"no usable Python below {prefix}: use one with a prefix of its own, "
            "such as /usr, /usr/local, or what `uv python install` makes"
        )
    return found


def digest(spec: EnvironmentSpec) -> EnvironmentId:
    """The name of the environment that a spec asks for, whether or not it is built."""
    base = interpreter()
    parts = (_FORMAT, sys.version, str(base.executable), TEST_TOOLS.read_text(), spec.image or "")
    named = hashlib.sha256("\0".join((*parts, *sorted(spec.requirements))).encode())
    return EnvironmentId(named.hexdigest()[:32])


def locate(cache: Path, environment: EnvironmentId) -> Path:
    """The folder of a built environment. Raises: SandboxUnavailable when there is none."""
    folder = _folder(cache, environment)
    if not folder.is_dir():
        raise SandboxUnavailable(f"environment {environment} is not built here: call prepare first")
    return folder


def build(cache: Path, spec: EnvironmentSpec) -> EnvironmentId:
    """Build the environment or find it built. Raises: EnvironmentBuildFailed."""
    _vet(spec.requirements)
    environment = digest(spec)
    target = _folder(cache, environment)
    with locked(target.with_suffix(".lock")):
        if not target.is_dir():
            with tempfile.TemporaryDirectory(prefix="build-", dir=target.parent) as name:
                folder = Path(name) / "environment"
                _install(folder, spec)
                folder.replace(target)
    return environment


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file against other processes and threads; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _folder(cache: Path, environment: EnvironmentId) -> Path:
    if not environment.isalnum():
        raise SandboxUnavailable(f"{environment!r} does not name an environment")
    return cache.resolve() / "environments" / environment


def _install(folder: Path, spec: EnvironmentSpec) -> None:
    base = interpreter()
    _step([str(base.executable), "-I", "-m", "venv", "--without-pip", "--symlinks", str(folder)])
    python = folder / "bin" / "python"
    pip = [*_pip(), "--python", str(python), "install", "--only-binary", ":all:", "--no-compile"]
    pip += ["--no-input", "--disable-pip-version-check", "--no-warn-script-location"]
    _step([*pip, "--require-hashes", "--no-deps", "-r", str(TEST_TOOLS)])
    if spec.requirements:
        _step([*pip, "-c", str(_constraints(folder.parent)), "--", *spec.requirements])
    _settle(folder)


def _vet(requirements: tuple[str, ...]) -> None:
    """Refuse what pip would build whatever we say: `--only-binary` does not bind URLs and paths."""
    for requirement in requirements:
        plain = requirement.partition(";")[0]
        if not _REQUIREMENT.fullmatch(plain):
            raise EnvironmentBuildFailed(
                f"{requirement!r} is not a name with versions; only wheels from an index are "
                "installed, since building a source distribution runs its code on this host"
            )


def _constraints(folder: Path) -> Path:
    """The test tools' versions without hashes, so that requirements cannot move them."""
    pins = [
        line.split("\\")[0].strip()
        for line in TEST_TOOLS.read_text().splitlines()
        if line[:1].isalnum()
    ]
    path = folder / "constraints.txt"
    path.write_text("\n".join(pins))
    return path


def _settle(folder: Path) -> None:
    """Make the folder independent of where it was built, and compile it."""
    for script in (folder / "bin").iterdir():
        if script.name.lower().startswith("activate"):
            script.unlink()
        elif not script.is_symlink():
            built_for = f"#!{folder}/bin/".encode()
            content = script.read_bytes()
            if content.startswith(built_for):
                script.write_bytes(content.replace(built_for, f"#!{ENVIRONMENT}/bin/".encode(), 1))
    # Nothing writes here any more, so bytecode need not be checked against its source.
    compiled = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    where = ["-s", str(folder), "-p", ENVIRONMENT, str(folder / "lib")]
    # A package may hold files that are no Python of this version; they are left uncompiled.
    _run([sys.executable, "-I", *compiled, *where])


def _pip() -> list[str]:
    """A pip that can be started: ours, else the one that Python carries for ensurepip."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    bundled = sorted((interpreter().library / "ensurepip" / "_bundled").glob("pip-*.whl"))
    if not bundled:
        raise EnvironmentBuildFailed(
            f"{sys.executable} has no pip: python -m ensurepip (Debian: apt-get install python3-venv)"
        )
    return [sys.executable, f"{bundled[-1]}/pip"]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    # pip needs the user's index, proxy and certificates; nothing that would steer Python itself.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",  # pip takes a name for a file, and Python a file for pip, where it finds them
        text=True,
        errors="replace",
        env=kept,
        timeout=_BUILD_SECONDS,
        check=False,
    )


def _step(command: list[str]) -> None:
    try:
        done = _run(command)
    except subprocess.TimeoutExpired as error:
        raise EnvironmentBuildFailed(f"gave up after {_BUILD_SECONDS} s: {command}") from error
    if done.returncode == 0:
        return
    log = "\n".join(done.stdout.splitlines()[-_LOG_LINES:])
    remedy = (
        "the packages could not be installed; only wheels are, since building a source "
        "distribution would run its code on this host. Check the names, pip's index "
        "(`pip config list`) and the network, or give an image that has them"
    )
    raise EnvironmentBuildFailed(f"{remedy}. The log's end:\n{log}")


def remove(cache: Path, environment: EnvironmentId) -> None:
    """Delete a built environment. Nothing may be running in it."""
    target = _folder(cache, environment)
    with locked(target.with_suffix(".lock")):
        shutil.rmtree(target, ignore_errors=True)
