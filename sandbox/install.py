"""Put one environment together in a folder: a virtual environment without pip, wheels only."""

import importlib.util
import json
import sys
from pathlib import Path

from sandbox.build_log import BuildLog
from sandbox.errors import EnvironmentBuildFailed
from sandbox.packaging.tools_lock import TEST_TOOLS, pins
from sandbox.pythons import Interpreter, ours

ABOUT = "budwood.json"
"""The file in every environment that says what it is."""


def install(
    folder: Path, base: Interpreter, requirements: tuple[str, ...], place: str, log: BuildLog
) -> None:
    """Fill `folder`, to be seen at `place`. Raises: EnvironmentBuildFailed."""
    venv = ["-I", "-m", "venv", "--without-pip", "--symlinks", str(folder)]
    log.step([str(base.executable), *venv])
    python = folder / "bin" / "python"
    pip = [*_pip(), "--python", str(python), "install", "--only-binary", ":all:", "--no-compile"]
    pip += ["--no-input", "--disable-pip-version-check", "--no-warn-script-location"]
    log.step([*pip, "--require-hashes", "--no-deps", "-r", str(TEST_TOOLS)])
    if requirements:
        log.step([*pip, "-c", str(_constraints(folder.parent)), "--", *requirements])
    _settle(folder, base, place, log)


def describe(
    folder: Path, base: Interpreter, requirements: tuple[str, ...], seconds: float
) -> None:
    """Leave in an environment what it stands on and what was asked for."""
    about = {
        "executable": str(base.executable),
        "prefix": str(base.prefix),
        "version": base.version,
        "banner": base.banner,
        "requirements": requirements,
        "seconds": round(seconds, 1),
    }
    (folder / ABOUT).write_text(json.dumps(about, indent=1))


def _constraints(folder: Path) -> Path:
    """The test tools' versions without hashes, so that requirements cannot move them."""
    path = folder / "constraints.txt"
    path.write_text("\n".join(map(str, pins().values())))
    return path


def _settle(folder: Path, base: Interpreter, place: str, log: BuildLog) -> None:
    """Make the folder independent of where it was built, and compile it."""
    for script in (folder / "bin").iterdir():
        if script.name.lower().startswith("activate"):
            script.unlink()
        elif not script.is_symlink():
            built_for = f"#!{folder}/bin/".encode()
            content = script.read_bytes()
            if content.startswith(built_for):
                script.write_bytes(content.replace(built_for, f"#!{place}/bin/".encode(), 1))
    # Nothing writes here any more, so bytecode need not be checked against its source.
    compiled = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    where = ["-s", str(folder), "-p", place, str(folder / "lib")]
    # A package may hold files that are no Python of this version; they are left uncompiled.
    log.run([str(base.executable), "-I", *compiled, *where])


def _pip() -> list[str]:
    """A pip that can be started: ours, else the one that Python carries for ensurepip."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    bundled = sorted((ours().library / "ensurepip" / "_bundled").glob("pip-*.whl"))
    if not bundled:
        raise EnvironmentBuildFailed(
            f"{sys.executable} has no pip: python -m ensurepip (Debian: apt-get install python3-venv)"
        )
    return [sys.executable, f"{bundled[-1]}/pip"]
