"""A root file system from this machine: the interpreter, an environment, and what they link to.

No registry is needed. Files keep their paths, so that an environment works here as it does in
bubblewrap. Nothing of the user's is in it, nor what was installed next to the interpreter.
"""

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from sandbox.environments import ENVIRONMENT, Interpreter, base_of
from sandbox.errors import EnvironmentBuildFailed

FORMAT = "2"
"""Part of every image's tag; to be raised when what is packed changes."""

_PROGRAMS = [
    "sh",
    "basename",
    "cat",
    "chmod",
    "cp",
    "cut",
    "date",
    "dirname",
    "echo",
    "env",
    "false",
    "find",
    "grep",
    "head",
    "id",
    "kill",
    "ln",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "nproc",
    "printf",
    "pwd",
    "rm",
    "rmdir",
    "sed",
    "setsid",
    "sleep",
    "sort",
    "stat",
    "tail",
    "tee",
    "test",
    "touch",
    "tr",
    "true",
    "uname",
    "uniq",
    "wc",
    "which",
    "xargs",
    "yes",
]
# What manylinux lets a wheel expect of the system, beside the C library.
_WHEELS_EXPECT = ("libgcc_s.so.1", "libstdc++.so.6", "librt.so.1", "libdl.so.2", "libpthread.so.0")
_LEFT_OUT = {
    "site-packages",
    "dist-packages",
    "test",
    "tests",
    "idlelib",
    "turtledemo",
    "ensurepip",
}
_MERGED = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
_ETC = {
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nsandbox:x:1000:1000::/home:/bin/sh\n",
    "etc/group": "root:x:0:\nsandbox:x:1000:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
_FOLDERS = ("tmp", "home", "root", "proc", "sys", "dev", "workspace", "inputs", "outputs", "base")


def write(target: BinaryIO, environment: Path) -> None:
    """Write the root file system with the environment folder as a tar stream.

    Raises: EnvironmentBuildFailed where a library that is needed cannot be found.
    """
    base = base_of(environment)
    programs = [Path(found) for name in _PROGRAMS if (found := shutil.which(name))]
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name in _MERGED:
            if Path(name).is_symlink():
                archive.addfile(_link(name, str(Path(name).readlink())))
        for folder in _FOLDERS:
            archive.addfile(_folder(folder))
        for name, text in _ETC.items():
            archive.addfile(_file(name, len(text)), io.BytesIO(text.encode()))
        _add_files(archive, [base.executable, *programs, *_libraries(base, programs)])
        archive.add(base.library, _inside(base.library), filter=_lean)
        archive.add(environment, ENVIRONMENT.lstrip("/"), filter=_plain)


def _libraries(base: Interpreter, programs: Iterable[Path]) -> Iterator[Path]:
    """Every shared library that the interpreter, its modules and the programs load."""
    modules = (base.library / "lib-dynload").glob("*.so")
    done = subprocess.run(
        [shutil.which("ldd") or "ldd", str(base.executable), *map(str, (*modules, *programs))],
        capture_output=True,
        text=True,
        check=False,
    )
    found: set[Path] = set()
    for line in done.stdout.splitlines():
        words = line.split()
        # A library is named with its path behind an arrow, the loader with its path alone.
        paths = [word for word in words if word.startswith("/") and not word.endswith(":")]
        found.update(map(Path, paths[-1:]))
    if not found:
        raise EnvironmentBuildFailed(f"ldd named no library of {base.executable}: {done.stderr}")
    beside = {path.parent for path in found if path.name.startswith("libc.so")}
    found.update(
        folder / name for folder in beside for name in _WHEELS_EXPECT if (folder / name).exists()
    )
    yield from sorted(found)


def _add_files(archive: tarfile.TarFile, paths: Iterable[Path]) -> None:
    added: set[str] = set()
    for path in paths:
        name = _inside(path)
        if name in added:
            continue
        added.add(name)
        with path.open("rb") as file:
            info = _file(name, path.stat().st_size)
            info.mode = 0o755
            archive.addfile(info, file)


def _inside(path: Path) -> str:
    """A path's name in the archive, through the links such as /lib → usr/lib, but no other."""
    return str(path.parent.resolve() / path.name).lstrip("/")


def _lean(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out what no test of a repository needs, and what belongs to other environments."""
    name = Path(info.name).name
    if name in _LEFT_OUT or name.startswith("config-") or name.endswith(".a"):
        return None
    return _plain(info)


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    info.mode = 0o755 if info.mode & 0o100 else 0o644
    return info


def _file(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info


def _folder(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    # Docker gives a temporary file system the mode of the folder that it covers.
    info.type, info.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
    return info


def _link(name: str, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name.lstrip("/"))
    info.type, info.linkname, info.mode = tarfile.SYMTYPE, target, 0o777
    return info
