"""Second part of the runner: users and files."""

# File names are bytes, which pathlib does not take; an image may hold an older Python:
# ruff: noqa: PTH101, PTH102, PTH103, PTH106, PTH108, PTH112, PTH114, PTH115, PTH120
# ruff: noqa: PTH119, PTH123, PTH211, S103

from __future__ import annotations

import binascii
import os
import stat

from sandbox.runner.frames import LINK, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sandbox.runner.frames import Json


class Acting:
    """For the time of a block: files as another user's. None: our own.

    Only the effective user changes, which also puts our capabilities aside: what the block does is
    what that user may do. Nobody gets hold of us meanwhile, for our real and saved users stay.
    """

    def __init__(self, uid: int | None) -> None:
        self.uid = uid

    def __enter__(self) -> None:
        if self.uid is not None:
            os.setegid(self.uid)
            os.seteuid(self.uid)

    def __exit__(self, *_: object) -> None:
        if self.uid is not None:
            os.seteuid(os.getuid())
            os.setegid(os.getgid())


def become(uid: int | None) -> None:
    """Another user for good; where `Acting` as that user, too."""
    if uid is not None:
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def plain(path: bytes) -> None:
    """Take extended attributes and access lists from a file or folder of ours."""
    for name in os.listxattr(path):
        if not name.startswith("security."):
            os.removexattr(path, name)


def empty(folder: bytes) -> bool:
    """Remove everything in a folder, however deep; False where something stayed."""
    pending = [folder]
    while pending:
        here = pending[-1]
        below = []
        try:
            if os.lstat(here).st_uid == os.geteuid():
                os.chmod(here, 0o755)
                plain(here)
            for entry in os.scandir(here):
                if entry.is_dir(follow_symlinks=False):
                    below.append(entry.path)
                else:
                    os.unlink(entry.path)
            if below:
                pending += below
                continue
            if here != folder:
                os.rmdir(here)
        except OSError:
            return False
        pending.pop()
    return True


def remove(path: bytes) -> None:
    """Remove whatever a name stands for, if it stands for anything. Raises: OSError."""
    try:
        os.unlink(path)
    except IsADirectoryError:
        if not empty(path):
            raise OSError(f"{path!r} cannot be emptied") from None
        os.rmdir(path)
    except FileNotFoundError:
        pass


def write_file(path: bytes, content: bytes, mode: int) -> None:
    # The mode is set at the end: a file that may not be written can still be made.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb", 0) as file:
        view = memoryview(content)
        while view:
            view = view[file.write(view) :]
        os.fchmod(handle, mode)


def rewrite(path: bytes, content: bytes, mode: int) -> bool:
    """Give a plain file other content where it is, so that its folder keeps its order.

    False where there is none of our own alone, or not only one name for it.
    """
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return False
    ours = status.st_uid == os.geteuid() and status.st_nlink == 1
    if not ours or not stat.S_ISREG(status.st_mode):
        return False
    os.chmod(path, 0o600)
    plain(path)
    handle = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
    with os.fdopen(handle, "wb", 0) as file:
        view = memoryview(content)
        while view:
            view = view[file.write(view) :]
        os.fchmod(handle, mode)
    return True


def read_file(path: bytes) -> bytes:
    """A regular file that nobody else writes to."""
    with open(path, "rb") as file:
        content: bytes = file.read()
    return content


def lines_of(path: str) -> list[str]:
    """What the kernel says in a file of /proc or of a control group; nothing where it does not."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return []
    try:
        return os.read(handle, 65536).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    finally:
        os.close(handle)


def prune(root: bytes, folder: bytes) -> None:
    """Git knows no empty folders: remove those that a removal left behind."""
    while len(folder) > len(root):
        try:
            os.rmdir(folder)
        except OSError:
            return
        folder = os.path.dirname(folder)


def below(root: bytes, item: list[Any]) -> bytes:
    """Where an item belongs."""
    path: str = item[0]
    return root + b"/" + path.encode("utf-8", "surrogateescape")


def source_of(path: bytes) -> bytes | None:
    """The source of a compiled file; None for any other."""
    folder, _, name = path.rpartition(b"/")
    if not name.endswith(b".pyc") or os.path.basename(folder) != b"__pycache__":
        return None
    beside = os.path.dirname(folder)
    return (beside + b"/" if beside else b"") + name.partition(b".")[0] + b".py"


def compiled_from(path: bytes) -> list[bytes]:
    """The compiled files of a source, which would make a folder of what is gone."""
    folder = os.path.dirname(path) + b"/__pycache__"
    try:
        return [entry.path for entry in os.scandir(folder) if source_of(entry.path) == path]
    except (FileNotFoundError, NotADirectoryError):
        return []


def lay(root: bytes, items: list[list[Any]]) -> list[bytes]:
    """Carry out items in a folder that nobody else writes to: removals first.

    The compiled files of removed sources go as well; their paths are answered.
    """
    compiled: list[bytes] = []
    wanted = [(below(root, item), item[1], item[2]) for item in items]
    for path, mode, _ in wanted:
        if (
            mode == 0
            and os.path.lexists(path)
            and (os.path.islink(path) or not os.path.isdir(path))
        ):
            os.unlink(path)
            for beside in compiled_from(path):
                os.unlink(beside)
                compiled.append(beside)
                prune(root, os.path.dirname(beside))
            prune(root, os.path.dirname(path))
    for path, mode, content in wanted:
        if mode:
            put(path, mode, binascii.a2b_base64(content))
    return compiled


def put(path: bytes, mode: int, content: bytes) -> None:
    """Make a file or symlink, in place of another or anew."""
    if mode != LINK and rewrite(path, content, mode & 0o777):
        return
    if os.path.lexists(path):
        os.unlink(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if mode == LINK:
        os.symlink(content, path)
    else:
        write_file(path, content, mode & 0o777)


def copy_entry(source: bytes, target: bytes, status: os.stat_result) -> None:
    """A file, a symlink, or a folder without what is in it."""
    if stat.S_ISLNK(status.st_mode):
        os.symlink(os.readlink(source), target)
    elif stat.S_ISDIR(status.st_mode):
        os.mkdir(target)
    else:
        write_file(target, read_file(source), status.st_mode & 0o777)


def harvest(folder: bytes, names: list[str], limit: int) -> Json:
    """Regular files of at most `limit` bytes, never through a symlink."""
    found = {}
    for name in names:
        if "/" in name or name in ("", ".", ".."):
            continue
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            handle = os.open(folder + b"/" + name.encode("utf-8", "surrogateescape"), flags)
        except OSError:
            continue
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            os.close(handle)
            continue
        with os.fdopen(handle, "rb") as file:
            content = file.read(limit + 1)
        if len(content) <= limit:
            found[name] = encode(content)
    return found
