"""Third part of the runner: what the kernel says was changed (inotify)."""

from __future__ import annotations

import os
import struct

_MODIFY, _ATTRIB, _CLOSE_WRITE, _OPENED = 0x2, 0x4, 0x8, 0x20
_MOVED, _CREATE, _DELETE, _SELF = 0xC0, 0x100, 0x200, 0xC00
_OVERFLOW, _IGNORED, _FOLDER = 0x4000, 0x8000, 0x40000000
_NOT_THROUGH_LINKS = 0x02000000
_OF_FILES = _MODIFY | _ATTRIB | _CLOSE_WRITE | _OPENED | _NOT_THROUGH_LINKS
_OF_FOLDERS = _ATTRIB | _MOVED | _CREATE | _DELETE | _SELF | _NOT_THROUGH_LINKS
_EVENT = struct.Struct("iIII")


class Watcher:
    """Hears of all that may change the files and folders that it was given, by whatever name.

    A file is reported when it is opened. That it was written to may be reported late: the kernel
    keeps a descriptor that was sent into a socket nobody reads beyond the death of every process.
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
        self.files: dict[int, bytes] = {}
        self.folders: dict[int, bytes] = {}

    def close(self) -> None:
        os.close(self.handle)

    def add_file(self, path: bytes, name: bytes) -> None:
        """Watch the file that `path` leads to, to be reported as `name`. Raises: OSError."""
        self.files[self._add(path, _OF_FILES)] = name

    def add_folder(self, path: bytes, name: bytes) -> None:
        """Watch the names in a folder, but not below it. Raises: OSError."""
        self.folders[self._add(path, _OF_FOLDERS)] = name

    def changes(self) -> tuple[set[bytes], set[bytes], set[bytes], bool]:
        """What may have changed since the last call: files, names, folders, and if events were lost.

        A name stands for whatever it led to when it was made, moved or removed.
        """
        files: set[bytes] = set()
        names: set[bytes] = set()
        folders: set[bytes] = set()
        lost = False
        while data := self._read():
            at = 0
            while at < len(data):
                number, mask, _, length = _EVENT.unpack_from(data, at)
                at += _EVENT.size
                name = data[at : at + length].rstrip(b"\0")
                at += length
                lost = lost or bool(mask & _OVERFLOW)
                if number in self.files:
                    files.add(self.files[number])
                elif number in self.folders:
                    (folders if mask & (_FOLDER | _SELF) else names).add(
                        join(self.folders[number], name)
                    )
                if mask & _IGNORED:
                    self.files.pop(number, None)
                    self.folders.pop(number, None)
        return files, names, folders, lost

    def _add(self, path: bytes, mask: int) -> int:
        number: int = self.library.inotify_add_watch(self.handle, path, mask)
        if number < 0:
            raise OSError("inotify_add_watch: see /proc/sys/fs/inotify/max_user_watches")
        return number

    def _read(self) -> bytes:
        try:
            return os.read(self.handle, 1 << 16)
        except BlockingIOError:
            return b""


def join(folder: bytes, name: bytes) -> bytes:
    """A path inside of the workspace, whose own name is empty."""
    return folder + b"/" + name if folder and name else folder or name
