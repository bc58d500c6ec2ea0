"""Fifth part of the runner: the folder that commands see, laid once and then only mended.

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

from sandbox.runner.files import (
    below,
    copy_entry,
    empty,
    lay,
    read_file,
    remove,
    rewrite,
    source_of,
)
from sandbox.runner.frames import LINK
from sandbox.runner.inventory import LAID_NS, Inventory, look, walk
from sandbox.runner.watcher import Watcher, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CLOCK_REALTIME_COARSE = 5
_TRIES = 8
_OPEN = 0o755


class Workspace:
    """`root` as a copy of `base` that is mended, not copied again. Paths inside are relative."""

    def __init__(self, root: bytes, base: bytes, *, events: bool) -> None:
        self.root, self.base, self.events = root, base, events
        self.known = Inventory(root, base)
        self.watcher: Watcher | None = None
        self.laid: set[bytes] = set()
        self.wide = False
        """Whether more may have changed than what was laid and reported."""
        self.disordered: set[bytes] = set()
        """Folders that list their names in another order than at first."""
        self.sharp = False

    @property
    def way(self) -> str:
        """How changes are found: see above."""
        return "events" if self.watcher else "content" if self.known.exact else "scan"

    def fill(self) -> None:
        """Copy the whole base, and begin to watch. Raises: OSError."""
        if self.watcher:
            self.watcher.close()
        self.watcher = None
        self._open()
        if not empty(self.root):
            raise OSError("the old workspace could not be removed")
        self.known = Inventory(self.root, self.base)
        self.sharp, self.known.exact = probe(self.root)
        for path in walk(self.base):
            folder, _, name = path.rpartition(b"/")
            self.known.order.setdefault(folder, []).append(name)
            self._restore(path)
        for folder in self.known.folders:
            self._settle(folder)
        self.disordered = set()
        self.watcher = self._watch() if self.events else None

    def lay(self, items: list[list[Any]]) -> None:
        """Lay a run's items over the base."""
        self.laid = {below(b"", item)[1:] for item in items}
        wide, self.wide = self.wide, True  # should laying fail
        self.laid |= {path[len(self.root) + 1 :] for path in lay(self.root, items)}
        kept = all(self._kept(path.rpartition(b"/")[0]) for path in self.laid)
        self.wide = wide or not kept
        self._forget_events()
        self._await_clock()

    def mend(self) -> None:
        """Make it equal the base again. Every process that could write must be dead.

        Raises: OSError where it cannot be done; then nothing here can be relied on.
        """
        self._open()
        written, named = self._reported()
        changed = self.laid | written | named
        if self.wide:
            wrong, missing = self.known.differences(changed)
            changed.update(wrong, missing)
            for path in wrong:
                remove(join(self.root, path))
            for path in missing:
                self._restore(path)
        else:
            for path in named:
                self._replace(path)
            for path in changed - named:
                if not self._rewrite(path):
                    self._replace(path)
        for folder in self.disordered & self.known.folders.keys():
            self._put_in_order(folder)
        for folder in {path.rpartition(b"/")[0] for path in changed} & self.known.folders.keys():
            self._settle(folder)
        self.laid, self.wide, self.disordered = set(), False, set()
        self._forget_events()

    def audit(self, items: list[list[Any]]) -> list[str]:
        """Paths that are not what base and items say, by content and mode: for tests."""
        wanted = files_of(self.base)
        for item in items:
            path, mode = below(b"", item)[1:], item[1]
            wanted.pop(path, None)
            if mode:
                kind = stat.S_IFLNK if mode == LINK else stat.S_IFREG | mode & 0o777
                wanted[path] = [kind, item[2]]
            else:
                for compiled in [found for found in wanted if source_of(found) == path]:
                    del wanted[compiled]
        seen = files_of(self.root)
        different = {path for path in {**wanted, **seen} if wanted.get(path) != seen.get(path)}
        # Git knows no empty folders.
        folders = {path for path in walk(self.root) if os.path.isdir(join(self.root, path))}  # noqa: PTH112
        real = {path for path in folders if not os.path.islink(join(self.root, path))}  # noqa: PTH114
        different |= real ^ {above for path in seen for above in parents(path)}
        return sorted(path.decode("utf-8", "backslashreplace") for path in different)

    def _reported(self) -> tuple[set[bytes], set[bytes]]:
        """Files that were written to, and names that were made, moved or removed.

        Where the kernel may not have reported all, everything is to be looked at.
        """
        if self.watcher is None:
            self.wide = True
            return set(), set()
        files, names, folders, lost = self.watcher.changes()
        self.wide |= lost or not self.known.folders.keys().isdisjoint(folders)
        written = {path for path in files if not self.known.as_it_was(path)}
        return written, (names | folders) - self.known.folders.keys()

    def _forget_events(self) -> None:
        """Those of our own doing. Should they be too many for the kernel, look at everything."""
        if self.watcher:
            *_, lost = self.watcher.changes()
            self.wide |= lost

    def _settle(self, path: bytes) -> None:
        """Give a path that was put right the one time that all have, and remember it."""
        where = join(self.root, path)
        os.utime(where, ns=(LAID_NS, LAID_NS), follow_symlinks=False)
        self.known.add(path, os.lstat(where))

    def _open(self) -> None:
        """A run may have closed its own workspace."""
        if stat.S_IMODE(os.lstat(self.root).st_mode) != _OPEN:
            os.chmod(self.root, _OPEN)  # noqa: PTH101

    def _kept(self, folder: bytes) -> bool:
        """Whether a folder is one of the base's, and the one that is watched."""
        known = self.known.folders.get(folder)
        try:
            status = os.lstat(join(self.root, folder))
        except (FileNotFoundError, NotADirectoryError):
            return False
        return known is not None and known[0] == status.st_ino

    def _rewrite(self, path: bytes) -> bool:
        """Put a file right where it is; False where it, or the base's, is no plain file."""
        source, target = join(self.base, path), join(self.root, path)
        try:
            status = os.lstat(source)
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(status.st_mode):
            return False
        if not rewrite(target, read_file(source), status.st_mode & 0o777):
            return False
        self._settle(path)
        return True

    def _replace(self, path: bytes) -> None:
        """Remove whatever is there, and bring what the base has there."""
        remove(join(self.root, path))
        self._restore(path)

    def _restore(self, path: bytes) -> None:
        """Bring a path that is not there from the base; one that the base lacks stays away."""
        source, target = join(self.base, path), join(self.root, path)
        try:
            status = os.lstat(source)
        except FileNotFoundError:
            return
        copy_entry(source, target, status)
        self.disordered.add(path.rpartition(b"/")[0])
        self._settle(path)
        if self.watcher and stat.S_ISDIR(status.st_mode):
            self.watcher.add_folder(target, path)
        elif self.watcher:
            self.watcher.add_file(target, path)

    def _put_in_order(self, folder: bytes) -> None:
        """Have a folder listed as at first: a name that is moved counts as new."""
        aside = join(self.root, join(folder, b".budwood-aside"))
        for name in self.known.order.get(folder, []):
            path = join(folder, name)
            os.rename(join(self.root, path), aside)  # noqa: PTH104
            os.rename(aside, join(self.root, path))  # noqa: PTH104
            self.known.add(path, os.lstat(join(self.root, path)))

    def _watch(self) -> Watcher | None:
        """A watcher of everything, or None where there can be none."""
        watcher = None
        try:
            watcher = Watcher()
            for folder in self.known.folders:
                watcher.add_folder(join(self.root, folder), folder)
            for path in self.known.files:
                watcher.add_file(join(self.root, path), path)
        except OSError:
            if watcher:
                watcher.close()
            return None
        return watcher

    def _await_clock(self) -> None:
        """Let the file system's clock tick, so that a change after now has another change time."""
        while not self.sharp and time.clock_gettime_ns(_CLOCK_REALTIME_COARSE) <= self.known.newest:
            time.sleep(0.0005)


def files_of(root: bytes) -> dict[bytes, list[Any]]:
    """Everything below a folder but the folders, as it looks."""
    found = {path: look(root, path) for path in walk(root)}
    return {path: what for path, what in found.items() if what[0] != stat.S_IFDIR}


def parents(path: bytes) -> list[bytes]:
    """The folders on the way to a path."""
    names = path.split(b"/")
    return [b"/".join(names[:depth]) for depth in range(1, len(names))]


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
