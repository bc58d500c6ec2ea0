"""Third part of the runner: what the kernel says was changed (inotify)."""

from __future__ import annotations

import os
import struct

_MODIFY, _ATTRIB, _CLOSE_WRITE = 0x2, 0x4, 0x8
_MOVED, _CREATE, _DELETE, _SELF = 0xC0, 0x100, 0x200, 0xC00
_OVERFLOW, _IGNORED, _FOLDER = 0x4000, 0x8000, 0x40000000
_MASK = _MODIFY | _ATTRIB | _CLOSE_WRITE | _MOVED | _CREATE | _DELETE | _SELF
_ONLY_FOLDERS = 0x01000000 | 0x02000000
_EVENT = struct.Struct("iIII")


class Watcher:
    """Hears of every change below the folders that it was given.

    A file that was open for writing, or mapped, is reported when the last handle goes: once every
    process that could hold one has been reaped, all events are there.
    """

    def __init__(self) -> None:
        """Raises: OSError where the kernel, or a Python without ctypes, does not offer it."""
        try:
            import ctypes  # noqa: PLC0415 - not every image's Python has it
        except ImportError as error:
            raise OSError("no ctypes") from error
        self.library = ctypes.CDLL(None, use_errno=True)
        self.handle: int = self.library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.handle < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self.folders: dict[int, bytes] = {}

    def close(self) -> None:
        os.close(self.handle)

    def add(self, path: bytes, folder: bytes) -> None:
        """Watch `path`, to be reported as `folder`. Raises: OSError when the kernel's limit is hit."""
        number = self.library.inotify_add_watch(self.handle, path, _MASK | _ONLY_FOLDERS)
        if number < 0:
            raise OSError("inotify_add_watch: see /proc/sys/fs/inotify/max_user_watches")
        self.folders[number] = folder

    def changes(self) -> set[bytes] | None:
        """Files that were changed or removed since the last call; None: more than that happened.

        Whatever makes or moves a name may also have made a second name for a file, under which
        its changes are not reported here.
        """
        found: set[bytes] = set()
        more = False
        while data := self._read():
            at = 0
            while at < len(data):
                number, mask, _, length = _EVENT.unpack_from(data, at)
                at += _EVENT.size
                name = data[at : at + length].rstrip(b"\0")
                at += length
                if mask & _IGNORED:
                    self.folders.pop(number, None)
                folder = self.folders.get(number)
                if folder is None or mask & (_FOLDER | _OVERFLOW | _SELF | _CREATE | _MOVED):
                    more = True
                else:
                    found.add(folder + name)
        return None if more else found

    def _read(self) -> bytes:
        try:
            return os.read(self.handle, 1 << 16)
        except BlockingIOError:
            return b""
