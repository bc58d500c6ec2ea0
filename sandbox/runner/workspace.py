"""Fourth part of the runner: the folder that commands see, laid once and then only mended.

Between runs it equals the base. A run's own files are laid over it, and when everything is dead,
what the run and its files changed is brought back from the base. How the changes are found:

    events     the kernel reports every one, under whatever name it was made
    scan       a file whose inode and change time are what they were is what it was
    content    every file is read: where the kernel keeps no change time of writes through memory
"""

from __future__ import annotations

import os
import stat
import time

from sandbox.runner.files import below, copy_entry, empty, lay, plain, read_file, remove, rewrite
from sandbox.runner.frames import LINK, encode
from sandbox.runner.watcher import Watcher, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Stamp = tuple[int, int, int]

_CLOCK_REALTIME_COARSE = 5
_TRIES = 8
_OPEN = 0o755


def stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_ctime_ns, status.st_mode


class Workspace:
    """`root` as a copy of `base` that is mended, not copied again. Paths inside are relative."""

    def __init__(self, root: bytes, base: bytes, *, events: bool) -> None:
        self.root, self.base, self.events = root, base, events
        self.order: dict[bytes, list[bytes]] = {}
        """Folder → its names in the order that they were made in, which is how they are listed."""
        self.disordered: set[bytes] = set()
        self.files: dict[bytes, Stamp] = {}
        self.folders: dict[bytes, Stamp] = {}
        self.watcher: Watcher | None = None
        self.laid: set[bytes] = set()
        self.wide = False
        """Whether laying the last items may have changed more than their own paths."""
        self.sharp = self.exact = False
        self.newest = 0

    @property
    def way(self) -> str:
        """How changes are found: see above."""
        return "events" if self.watcher else "content" if self.exact else "scan"

    def fill(self) -> None:
        """Copy the whole base, and begin to watch. Raises: OSError."""
        if self.watcher:
            self.watcher.close()
        self.watcher = None
        self._open()
        if not empty(self.root):
            raise OSError("the old workspace could not be removed")
        self.sharp, self.exact = probe(self.root)
        self.order, self.disordered = {}, set()
        self.files, self.folders = {}, {b"": stamp(os.lstat(self.root))}
        for path in self._walk(self.base):
            folder, _, name = path.rpartition(b"/")
            self.order.setdefault(folder, []).append(name)
            self._restore(path)
        self.disordered = set()
        self.watcher = self._watch() if self.events else None

    def lay(self, items: list[list[Any]]) -> None:
        """Lay a run's items over the base."""
        self.laid = {below(b"", item)[1:] for item in items}
        lay(self.root, items)
        self.wide = not all(self._kept(path.rpartition(b"/")[0]) for path in self.laid)
        if self.watcher:
            self.watcher.changes()
        self._await_clock()

    def mend(self) -> None:
        """Make it equal the base again. Every process that could write must be dead.

        Raises: OSError where it cannot be done; then nothing here can be relied on.
        """
        self._open()
        written, named = self._reported()
        if self.wide:
            self._scan(self.laid | written | named)
        else:
            for path in named:
                self._replace(path)
            for path in (self.laid | written) - named:
                if not self._rewrite(path):
                    self._replace(path)
        for folder in self.disordered & self.folders.keys():
            self._put_in_order(folder)
        self.laid, self.wide, self.disordered = set(), False, set()
        if self.watcher:
            self.watcher.changes()

    def _reported(self) -> tuple[set[bytes], set[bytes]]:
        """Files that were written to, and names that were made, moved or removed, by the kernel.

        Where that may not be all, everything is to be looked at.
        """
        if self.watcher is None:
            self.wide = True
            return set(), set()
        files, names, folders, lost = self.watcher.changes()
        self.wide |= lost or not self.folders.keys().isdisjoint(folders)
        return files, (names | folders) - self.folders.keys()

    def audit(self, items: list[list[Any]]) -> list[str]:
        """Paths that are not what base and items say, by content and mode: for tests."""
        wanted = {path: self._look(self.base, path) for path in self._walk(self.base)}
        for item in items:
            path, mode = below(b"", item)[1:], item[1]
            wanted.pop(path, None)
            if mode:
                kind = stat.S_IFLNK if mode == LINK else stat.S_IFREG | mode & 0o777
                wanted[path] = [kind, item[2]]
        seen = {path: self._look(self.root, path) for path in self._walk(self.root)}
        different = [path for path in {**wanted, **seen} if wanted.get(path) != seen.get(path)]
        # Git knows no empty folders: those come and go with what is in them.
        real = [p for p in different if (wanted.get(p) or seen.get(p)) != [stat.S_IFDIR, ""]]
        return sorted(path.decode("utf-8", "backslashreplace") for path in real)

    def _look(self, root: bytes, path: bytes) -> list[Any]:
        where = root + b"/" + path
        mode = os.lstat(where).st_mode
        if stat.S_ISLNK(mode):
            return [stat.S_IFLNK, encode(os.readlink(where))]  # noqa: PTH115
        if stat.S_ISDIR(mode):
            return [stat.S_IFDIR, ""]
        return [mode, encode(read_file(where)) if stat.S_ISREG(mode) else "special"]

    def _open(self) -> None:
        """A run may have closed its own workspace."""
        if stat.S_IMODE(os.lstat(self.root).st_mode) != _OPEN:
            os.chmod(self.root, _OPEN)  # noqa: PTH101

    def _kept(self, folder: bytes) -> bool:
        """Whether a folder is one of the base's, and the one that is watched."""
        known = self.folders.get(folder)
        try:
            status = os.lstat(self.root + b"/" + folder)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return known is not None and known[0] == status.st_ino

    def _walk(self, root: bytes) -> Iterator[bytes]:
        """Every path below a folder, each folder before what is in it."""
        pending = [b""]
        while pending:
            folder = pending.pop()
            for entry in os.scandir(root + b"/" + folder):
                path = join(folder, entry.name)
                yield path
                if entry.is_dir(follow_symlinks=False):
                    pending.append(path)

    def _rewrite(self, path: bytes) -> bool:
        """Put a file right where it is; False where it, or the base's, is no plain file."""
        source, target = self.base + b"/" + path, self.root + b"/" + path
        try:
            status = os.lstat(source)
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(status.st_mode):
            return False
        if not rewrite(target, read_file(source), status.st_mode & 0o777):
            return False
        self._know(path, os.lstat(target))
        return True

    def _replace(self, path: bytes) -> None:
        """Remove whatever is there, and bring what the base has there."""
        remove(self.root + b"/" + path)
        self._restore(path)

    def _put_in_order(self, folder: bytes) -> None:
        """Have a folder listed as at first: a name that is moved counts as new."""
        aside = join(self.root, join(folder, b".budwood-aside"))
        for name in self.order.get(folder, []):
            path = join(folder, name)
            os.rename(self.root + b"/" + path, aside)  # noqa: PTH104
            os.rename(aside, self.root + b"/" + path)  # noqa: PTH104
            self._know(path, os.lstat(self.root + b"/" + path))

    def _know(self, path: bytes, status: os.stat_result) -> None:
        """Remember how a path looks that is as it should be."""
        self.newest = max(self.newest, status.st_ctime_ns)
        known = self.folders if stat.S_ISDIR(status.st_mode) else self.files
        known[path] = stamp(status)

    def _restore(self, path: bytes) -> None:
        """Bring a path that is not there from the base; one that the base lacks stays away."""
        source, target = self.base + b"/" + path, self.root + b"/" + path
        try:
            status = os.lstat(source)
        except FileNotFoundError:
            return
        copy_entry(source, target, status)
        self.disordered.add(path.rpartition(b"/")[0])
        self._know(path, os.lstat(target))
        if self.watcher and stat.S_ISDIR(status.st_mode):
            self.watcher.add_folder(target, path)
        elif self.watcher:
            self.watcher.add_file(target, path)

    def _watch(self) -> Watcher | None:
        """A watcher of everything, or None where there can be none."""
        watcher = None
        try:
            watcher = Watcher()
            for folder in self.folders:
                watcher.add_folder(join(self.root, folder), folder)
            for path in self.files:
                watcher.add_file(join(self.root, path), path)
        except OSError:
            if watcher:
                watcher.close()
            return None
        return watcher

    def _scan(self, suspects: set[bytes]) -> None:
        """Look at everything; what is not as it was is removed and brought from the base."""
        self._same_folder(b"", os.lstat(self.root))
        missing = self.files.keys() | self.folders.keys() - {b""}
        wrong = []
        pending = [b""]
        while pending:
            folder = pending.pop()
            for entry in os.scandir(self.root + b"/" + folder):
                path = folder + b"/" + entry.name if folder else entry.name
                status = entry.stat(follow_symlinks=False)
                if path not in suspects and self._unchanged(path, status):
                    missing.discard(path)
                    if stat.S_ISDIR(status.st_mode):
                        pending.append(path)
                else:
                    wrong.append(path)
        for path in wrong:
            remove(self.root + b"/" + path)
        for path in sorted(missing):
            self._restore(path)

    def _unchanged(self, path: bytes, status: os.stat_result) -> bool:
        if stat.S_ISDIR(status.st_mode):
            return self._same_folder(path, status)
        if self.files.get(path) != stamp(status):
            return False
        return not self.exact or self._look(self.root, path) == self._look(self.base, path)

    def _same_folder(self, path: bytes, status: os.stat_result) -> bool:
        """Whether it is the folder of old; its mode and attributes are put right."""
        known = self.folders.get(path)
        if known is None or known[0] != status.st_ino:
            return False
        if known != stamp(status):
            where = join(self.root, path)
            os.chmod(where, stat.S_IMODE(known[2]))  # noqa: PTH101
            plain(where)
            self.folders[path] = stamp(os.lstat(where))
        return True

    def _await_clock(self) -> None:
        """Let the file system's clock tick, so that a change after now has another change time."""
        while not self.sharp and time.clock_gettime_ns(_CLOCK_REALTIME_COARSE) <= self.newest:
            time.sleep(0.0005)


def probe(folder: bytes) -> tuple[bool, bool]:
    """(change times tell apart any two writes, they miss those through memory), tried here."""
    import mmap  # noqa: PLC0415 - where a sandbox serves only one run, it is not needed

    path = folder + b"/.probe"
    sharp = True
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, bytes(4096))
        for _ in range(_TRIES):
            before = os.fstat(handle).st_ctime_ns
            os.pwrite(handle, b"x", 0)
            sharp = sharp and os.fstat(handle).st_ctime_ns != before
        before = os.fstat(handle).st_ctime_ns
        while not sharp and time.clock_gettime_ns(_CLOCK_REALTIME_COARSE) <= before:
            time.sleep(0.0005)
        with mmap.mmap(handle, 4096) as mapped:
            mapped[0:1] = b"y"
        return sharp, os.fstat(handle).st_ctime_ns == before
    finally:
        os.close(handle)
        os.unlink(path)  # noqa: PTH108
