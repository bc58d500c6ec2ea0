"""The Python installations of this machine that environments can stand on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sandbox.errors import EnvironmentBuildFailed

OLDEST = (3, 11)
"""What the test tools' lock and the runner need."""

_PROBE = (
    "import json, sys; v = sys.version_info; print(json.dumps([sys.version, list(v[:2]),"
    " '%d.%d.%d' % v[:3], v[3] == 'final' and sys.implementation.name == 'cpython',"
    " getattr(sys, '_base_executable', sys.executable), sys.base_prefix]))"
)
_PROBE_S = 10.0
_INSTALLED = (".pyenv/versions/*/bin/python3", ".local/share/uv/python/*/bin/python3")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python installation that environments stand on, with symlinks resolved."""

    executable: Path
    prefix: Path
    version: str
    """Such as 3.12.1."""
    banner: str
    """Its `sys.version`, which tells builds of one version apart."""

    @property
    def library(self) -> Path:
        """The standard library's folder."""
        major, minor, *_ = self.version.split(".")
        return self.prefix / "lib" / f"python{major}.{minor}"

    @property
    def usable(self) -> bool:
        """Whether showing its prefix to a sandbox shows no more than an interpreter."""
        too_much = (Path("/"), Path.home(), Path("/home"))
        return self.library.is_dir() and self.prefix not in too_much


def ours() -> Interpreter:
    """The base of the Python that runs us, even when that is a virtual environment.

    Raises: EnvironmentBuildFailed where its prefix would show more than an interpreter.
    """
    prefix = Path(sys.base_prefix).resolve()
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    found = Interpreter(base, prefix, ".".join(map(str, sys.version_info[:3])), sys.version)
    if not found.usable:
        raise EnvironmentBuildFailed(
            f"no usable Python below {prefix}: use one with a prefix of its own, "
            "such as /usr, /usr/local, or what `uv python install` makes"
        )
    return found


def fitting(asked: str | None) -> Interpreter:
    """The one that runs us where it fits a PEP 440 specifier, else the newest that does.

    Raises: EnvironmentBuildFailed, which names what is asked for and what there is.
    """
    mine = ours()
    if asked is None:
        return mine
    try:
        wanted = SpecifierSet(asked)
    except InvalidSpecifier as error:
        raise EnvironmentBuildFailed(f"{asked!r} does not say which Python is asked for") from error
    if wanted.contains(mine.version):
        return mine
    there = sorted(others(), key=_order, reverse=True)
    found = next((one for one in there if wanted.contains(one.version)), None)
    if found is None:
        listed = ", ".join(dict.fromkeys(one.version for one in (mine, *there)))
        oldest = ".".join(map(str, OLDEST))
        raise EnvironmentBuildFailed(
            f"Python {asked} is asked for and here are {listed}: install one that fits, such as "
            f"with `uv python install`; below {oldest} the test tools do not run, "
            "so then give an image"
        )
    return found


def others() -> list[Interpreter]:
    """Every other usable one that is new enough: on PATH, in /usr, of pyenv, of uv."""
    found = {one.executable: one for path in _candidates() if (one := _asked(path)) is not None}
    return list(found.values())


def _candidates() -> Iterator[Path]:
    folders = [*map(Path, os.get_exec_path()), Path("/usr/local/bin"), Path("/usr/bin")]
    for folder in dict.fromkeys(folders):
        if folder.is_absolute():
            yield from (path for path in folder.glob("python3.*") if path.suffix[1:].isdigit())
    for pattern in _INSTALLED:
        yield from Path.home().glob(pattern)


@cache
def _asked(executable: Path) -> Interpreter | None:
    """What an executable says of itself; None for what is no usable Python."""
    try:
        done = subprocess.run(
            [str(executable), "-I", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            timeout=_PROBE_S,
            check=True,
        )
        banner, short, version, proper, base, prefix = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    found = Interpreter(Path(base).resolve(), Path(prefix).resolve(), version, banner)
    return found if proper and tuple(short) >= OLDEST and found.usable else None


def _order(one: Interpreter) -> tuple[int, ...]:
    return tuple(map(int, one.version.split(".")))
