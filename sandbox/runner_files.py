"""First half of what is sent into a sandbox: frames and files. See `runner.py`, the second.

Standard library only, never imports ours: `wire.runner_source` joins the two into one text.
"""

# Every run starts this program anew, and most of a short run is starting it: `json` (which loads
# `re` and `enum`) and `typing` alone would take half of that. Hence the imports below.

# File names are bytes, which pathlib does not take; an image may hold an older Python:
# ruff: noqa: B905, PTH101, PTH102, PTH103, PTH106, PTH108, PTH112, PTH114, PTH115, PTH120
# ruff: noqa: PTH123, PTH211, S103

from __future__ import annotations

import binascii
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Json = dict[str, Any]

FRAME_BYTES = 1024 * 1024 * 1024
LINK = 0o120000


# --- JSON without its package -------------------------------------------------------------------


class _Rules:
    """What the scanner of CPython's own `json` asks its decoder for."""

    strict = True
    object_hook = object_pairs_hook = parse_constant = None
    parse_float, parse_int = float, int


def parse(text: str) -> Any:
    """`json.loads` of text that `json.dumps` or `serialise` made."""
    try:
        from _json import make_scanner  # noqa: PLC0415
    except ImportError:  # not CPython, or one without its accelerators
        from json import loads  # noqa: PLC0415

        return loads(text)
    rules: Any = _Rules
    return make_scanner(rules)(text, 0)[0]


def quote(text: str) -> str:
    """Text as JSON."""
    try:
        from _json import encode_basestring_ascii  # noqa: PLC0415
    except ImportError:
        from json import dumps  # noqa: PLC0415

        return dumps(text)
    return encode_basestring_ascii(text)


def serialise(value: Any) -> str:
    """`json.dumps` for dictionaries with text keys, lists, text, numbers, truth values, None."""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(k)}:{serialise(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(serialise, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    return {None: "null", True: "true", False: "false"}[value]


# --- frames -----------------------------------------------------------------------------------


def read_exactly(count: int) -> bytes | None:
    parts = []
    while count:
        part = os.read(0, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame() -> Json | None:
    header = read_exactly(4)
    length = int.from_bytes(header, "big") if header else 0
    if not header or length > FRAME_BYTES:
        return None
    body = read_exactly(length)
    if body is None:
        return None
    frame: Json = parse(body.decode())
    return frame


def write_frame(frame: Json) -> None:
    body = serialise(frame).encode()
    view = memoryview(len(body).to_bytes(4, "big") + body)
    while view:
        view = view[os.write(1, view) :]


def encode(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode()


# --- files ------------------------------------------------------------------------------------


def empty(folder: bytes) -> bool:
    """Remove everything in a folder, however deep; False where something stayed."""
    pending = [folder]
    while pending:
        here = pending[-1]
        below = []
        try:
            if os.lstat(here).st_uid == os.geteuid():
                os.chmod(here, 0o755)
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


def write_file(path: bytes, content: bytes, mode: int) -> None:
    # The mode is set at the end: a file that may not be written can still be made.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        os.fchmod(handle, mode)


def prune(root: bytes, folder: bytes) -> None:
    """Git knows no empty folders: remove those that a removal left behind."""
    while len(folder) > len(root):
        try:
            os.rmdir(folder)
        except OSError:
            return
        folder = os.path.dirname(folder)


def lay(root: bytes, items: list[list[Any]]) -> None:
    """Carry out items in a folder that nobody else writes to: removals first."""
    paths = [root + b"/" + item[0].encode("utf-8", "surrogateescape") for item in items]
    for path in paths:
        if os.path.lexists(path) and (os.path.islink(path) or not os.path.isdir(path)):
            os.unlink(path)
            prune(root, os.path.dirname(path))
    for path, (_, mode, content) in zip(paths, items):
        if mode == 0:
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = binascii.a2b_base64(content)
        if mode == LINK:
            os.symlink(data, path)
        else:
            write_file(path, data, mode & 0o777)


def copy_tree(source: bytes, target: bytes) -> None:
    for entry in os.scandir(source):
        goal = target + b"/" + entry.name
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), goal)
        elif entry.is_dir():
            os.mkdir(goal)
            copy_tree(entry.path, goal)
        else:
            with open(entry.path, "rb") as file:
                write_file(goal, file.read(), entry.stat().st_mode & 0o777)


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


def become(uid: int | None) -> None:
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def as_user(uid: int | None, work: Callable[[], Any]) -> Any:
    """The JSON value of `work()`, done by a child of that user. Raises: OSError."""
    if uid is None:
        return work()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            become(uid)
            answer = serialise([True, work()])
        except OSError as error:
            answer = serialise([False, str(error)])
        with os.fdopen(writing, "w") as file:
            file.write(answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        text = file.read()
    os.waitpid(child, 0)
    well, value = parse(text or '[false, "the helper process died"]')
    if not well:
        raise OSError(value)
    return value
