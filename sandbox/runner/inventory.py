"""Fourth part of the runner: what a workspace looked like when it was right."""

from __future__ import annotations

import os
import stat

from sandbox.runner.files import plain, read_file
from sandbox.runner.frames import encode
from sandbox.runner.watcher import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Stamp = tuple[int, int, int]
    Look = tuple[list[bytes], list[tuple[int, int]]]

LAID_NS = 1_000_000_000 * 10**9
"""Modification time of everything that a run finds: no run learns from it of one before."""


def stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_ctime_ns, status.st_mode


def walk(root: bytes) -> Iterator[bytes]:
    """Every path below a folder, each folder before what is in it."""
    pending = [b""]
    while pending:
        folder = pending.pop()
        for entry in os.scandir(join(root, folder)):
            path = join(folder, entry.name)
            yield path
            if entry.is_dir(follow_symlinks=False):
                pending.append(path)


def look(root: bytes, path: bytes) -> list[Any]:
    """Kind, mode and content of one path."""
    where = join(root, path)
    mode = os.lstat(where).st_mode
    if stat.S_ISLNK(mode):
        return [stat.S_IFLNK, encode(os.readlink(where))]  # noqa: PTH115
    if stat.S_ISDIR(mode):
        return [stat.S_IFDIR, ""]
    return [mode, encode(read_file(where)) if stat.S_ISREG(mode) else "special"]


def glance(folder: bytes) -> Look:
    """A folder's names as it lists them, and what changes with each file: meant to be fast."""
    os.chdir(folder)
    names = os.listdir(b".")  # noqa: PTH208
    return names, [(status.st_ino, status.st_ctime_ns) for status in map(os.lstat, names)]


class Inventory:
    """Files and folders of a workspace that equals its base; paths are relative to it."""

    def __init__(self, root: bytes, base: bytes) -> None:
        self.root, self.base = root, base
        self.files: dict[bytes, Stamp] = {}
        self.folders: dict[bytes, Stamp] = {b"": stamp(os.lstat(root))}
        self.order: dict[bytes, list[bytes]] = {}
        """Folder → its names in the order that they were made in, which is how they are listed."""
        self.glances: dict[bytes, Look] = {}
        self.newest = 0
        """The latest change time, in ns."""
        self.exact = False
        """Whether a change time says nothing, so that contents are compared."""

    def add(self, path: bytes, status: os.stat_result) -> None:
        """Remember how a path looks that is as it should be."""
        self.newest = max(self.newest, status.st_ctime_ns)
        (self.folders if stat.S_ISDIR(status.st_mode) else self.files)[path] = stamp(status)

    def as_it_was(self, path: bytes) -> bool:
        """Whether a file is what it was, where that can be told without reading it."""
        try:
            status = os.lstat(join(self.root, path))
        except (FileNotFoundError, NotADirectoryError):
            return False
        return not self.exact and self.files.get(path) == stamp(status)

    def differences(self, suspects: set[bytes]) -> tuple[list[bytes], list[bytes]]:
        """What is there and is not right, and what should be and is not right or not there.

        Modes and attributes of folders are put right. `suspects` are never right.
        """
        wrong: list[bytes] = []
        missing: set[bytes] = set()
        moved: set[bytes] = set()
        doubtful = {path.rpartition(b"/")[0] for path in suspects}
        self._same_folder(b"", os.lstat(self.root))
        for folder in sorted(self.folders):
            if folder in moved or (folder and folder.rpartition(b"/")[0] in moved):
                moved.add(folder)
                missing.update(join(folder, name) for name in self.order.get(folder, ()))
            elif folder in doubtful or self.exact or not self._as_before(folder):
                right = self._right_names(folder, suspects, wrong)
                lost = [join(folder, n) for n in self.order.get(folder, ()) if n not in right]
                missing.update(lost)
                moved.update(path for path in lost if path in self.folders)
        os.chdir(b"/")
        return wrong, sorted(missing)

    def _as_before(self, folder: bytes) -> bool:
        return glance(join(self.root, folder)) == self.glances.get(folder)

    def _right_names(self, folder: bytes, suspects: set[bytes], wrong: list[bytes]) -> set[bytes]:
        """Names in a folder that are right; the paths of others go to `wrong`."""
        right, before = set(), len(wrong)
        for entry in os.scandir(join(self.root, folder)):
            path = join(folder, entry.name)
            if path not in suspects and self._unchanged(path, entry.stat(follow_symlinks=False)):
                right.add(entry.name)
            else:
                wrong.append(path)
        if len(wrong) == before:
            self.glances[folder] = glance(join(self.root, folder))
        return right

    def _unchanged(self, path: bytes, status: os.stat_result) -> bool:
        if stat.S_ISDIR(status.st_mode):
            return self._same_folder(path, status)
        if self.files.get(path) != stamp(status):
            return False
        return not self.exact or look(self.root, path) == look(self.base, path)

    def _same_folder(self, path: bytes, status: os.stat_result) -> bool:
        known = self.folders.get(path)
        if known is None or known[0] != status.st_ino:
            return False
        if known != stamp(status):
            where = join(self.root, path)
            os.chmod(where, stat.S_IMODE(known[2]))  # noqa: PTH101
            plain(where)
            os.utime(where, ns=(LAID_NS, LAID_NS))
            self.folders[path] = stamp(os.lstat(where))
        return True
