"""Which folders of the cache are in use, and when each was used last.

Beside a folder lies ``NAME.use``: its time is that of the last use, and a shared lock on it says
that some process uses the folder now. A process keeps that lock until it has not used the folder
for `IDLE_S`, so that nothing goes away between two runs of one search.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IDLE_S = 3600.0
_TOUCH_S = 30.0


class Uses:
    """The folders that one process uses. Safe under threads."""

    def __init__(self, *, idle_s: float = IDLE_S) -> None:
        """A folder is let go when it was not used for `idle_s` seconds and another one is."""
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._held: dict[Path, tuple[int, float]] = {}

    def hold(self, folder: Path) -> None:
        """Use a folder, which need not be there yet: from now on nobody removes it."""
        now = time.monotonic()
        with self._lock:
            handle, touched = self._held.get(folder) or (_shared(folder), 0.0)
            if not touched or now - touched > _TOUCH_S:
                os.utime(handle)
                self._held[folder] = handle, now
            idle = [at for at, (_, used) in self._held.items() if now - used > self._idle_s]
            for path in idle:
                os.close(self._held.pop(path)[0])

    def release(self) -> None:
        """Let everything go. Idempotent."""
        with self._lock:
            for handle, _ in self._held.values():
                os.close(handle)
            self._held.clear()


OURS = Uses()
"""This process's."""


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Whether nobody uses a folder; if so, nobody begins to within the block."""
    with use_file(folder).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def in_use(folder: Path) -> bool:
    """Whether some process uses a folder."""
    if not use_file(folder).exists():  # asking must not look like a use
        return False
    with alone(folder) as unused:
        return not unused


def last_use(folder: Path) -> float:
    """Seconds since 1970; when it was made, for a folder that nobody has used yet."""
    file = use_file(folder)
    return (file if file.exists() else folder).stat().st_mtime


def use_file(folder: Path) -> Path:
    """The file beside a folder that stands for its use."""
    return folder.with_name(f"{folder.name}.use")


def _shared(folder: Path) -> int:
    folder.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(use_file(folder), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
    except BaseException:
        os.close(handle)
        raise
    return handle
