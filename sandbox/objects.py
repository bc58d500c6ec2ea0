"""Git objects of one bare repository: read through one `git cat-file`, written without git.

Writing a loose object is a hash, a compression and a rename: doing it here instead of starting
`git hash-object` and `git write-tree` makes a fork cost under a millisecond.
"""

import hashlib
import os
import re
import subprocess
import tempfile
import threading
import weakref
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from sandbox import git
from sandbox.errors import SandboxLost

FOLDER = 0o040000
FILE = 0o100644
PROGRAM = 0o100755
LINK = 0o120000
MODULE = 0o160000

_NAME = re.compile("[0-9a-f]{40}")
_KEPT_TREES = 8192
_KEPT_TREE_BYTES = 256 * 1024
_KEPT_BLOBS = 512
_KEPT_BLOB_BYTES = 64 * 1024


class Entry(NamedTuple):
    """One name in a folder: its git mode and the hash of its object."""

    mode: int
    oid: str


Tree = dict[bytes, Entry]


class Objects:
    """Reads and writes the objects below one bare repository. Safe under threads and forks."""

    def __init__(self, git_dir: Path) -> None:
        """`git_dir` must be a bare repository with SHA-1 object names."""
        self._git_dir = git_dir
        self._lock = threading.Lock()
        self._reader: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self._trees: OrderedDict[str, Tree] = OrderedDict()
        self._blobs: OrderedDict[str, bytes] = OrderedDict()

    def read(self, oid: str) -> tuple[str, bytes] | None:
        """An object's type and content, or None when it is not there. Raises: SandboxLost."""
        if not _NAME.fullmatch(oid):
            return None
        with self._lock:
            return self._ask(self._process(), oid)

    def tree(self, oid: str) -> Tree | None:
        """A folder's entries (do not change them), or None when `oid` names no tree."""
        with self._lock:
            if (kept := self._trees.get(oid)) is not None:
                self._trees.move_to_end(oid)
                return kept
        found = self.read(oid)
        if found is None or found[0] != "tree":
            return None
        entries = _parse_tree(found[1])
        if len(found[1]) <= _KEPT_TREE_BYTES:
            self._keep(oid, entries)
        return entries

    def blob(self, oid: str) -> bytes | None:
        """A file's content, or None when `oid` names no file. Small ones stay in memory: every
        prompt of a search shows much the same files."""
        with self._lock:
            if (kept := self._blobs.get(oid)) is not None:
                self._blobs.move_to_end(oid)
                return kept
        found = self.read(oid)
        if found is None or found[0] != "blob":
            return None
        if len(found[1]) <= _KEPT_BLOB_BYTES:
            with self._lock:
                self._blobs[oid] = found[1]
                while len(self._blobs) > _KEPT_BLOBS:
                    self._blobs.popitem(last=False)
        return found[1]

    def write_blob(self, content: bytes) -> str:
        """Store a file's content; answer its hash."""
        return self._write(b"blob", content)

    def write_tree(self, entries: Tree) -> str:
        """Store a folder; answer its hash."""
        ordered = sorted(entries.items(), key=_git_order)
        body = b"".join(
            b"%o %s\0%s" % (entry.mode, name, bytes.fromhex(entry.oid)) for name, entry in ordered
        )
        oid = self._write(b"tree", body)
        self._keep(oid, dict(entries))
        return oid

    def close(self) -> None:
        """End the reading process. Idempotent; a later read starts another."""
        with self._lock:
            reader, self._reader = self._reader, None
            if reader is not None and self._owner == os.getpid():
                _end(reader)

    def _keep(self, oid: str, entries: Tree) -> None:
        with self._lock:
            self._trees[oid] = entries
            while len(self._trees) > _KEPT_TREES:
                self._trees.popitem(last=False)

    def _process(self) -> subprocess.Popen[bytes]:
        # A process forked from ours shares the pipes: two readers would mix their answers.
        if self._reader is None or self._owner != os.getpid() or self._reader.poll() is not None:
            self._owner = os.getpid()
            self._reader = subprocess.Popen(
                git.command(self._git_dir, "cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=git.environment(),
                cwd="/",
                start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
            )
            weakref.finalize(self, _end, self._reader, os.getpid())
        return self._reader

    @staticmethod
    def _ask(process: subprocess.Popen[bytes], oid: str) -> tuple[str, bytes] | None:
        if process.stdin is None or process.stdout is None:
            raise SandboxLost("git cat-file was started without pipes")
        process.stdin.write(oid.encode() + b"\n")
        process.stdin.flush()
        header = process.stdout.readline().split()
        match header:
            case [_, b"missing"]:
                return None
            case [_, kind, size]:
                return kind.decode(), process.stdout.read(int(size) + 1)[:-1]
        raise SandboxLost(f"git cat-file ended while it read {oid}")

    def _write(self, kind: bytes, body: bytes) -> str:
        stored = b"%s %d\0%s" % (kind, len(body), body)
        oid = hashlib.sha1(stored, usedforsecurity=False).hexdigest()
        target = self._git_dir / "objects" / oid[:2] / oid[2:]
        # A power cut may leave an empty file behind a rename: an empty object is written again.
        if target.exists() and target.stat().st_size:
            return oid
        try:
            _place(target, zlib.compress(stored, 1))
        except OSError as error:
            raise SandboxLost(f"{target} cannot be written: {error}") from error
        return oid


def _place(target: Path, content: bytes) -> None:
    """Write a file in one step; where the disk is full, no half of it stays to fill it."""
    target.parent.mkdir(exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix="tmp_obj_")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o444)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _git_order(item: tuple[bytes, Entry]) -> bytes:
    name, entry = item
    return name + b"/" if entry.mode == FOLDER else name


def _parse_tree(body: bytes) -> Tree:
    entries: Tree = {}
    at = 0
    while at < len(body):
        space = body.index(b" ", at)
        end = body.index(b"\0", space)
        entries[body[space + 1 : end]] = Entry(
            int(body[at:space], 8), body[end + 1 : end + 21].hex()
        )
        at = end + 21
    return entries


def _end(process: subprocess.Popen[bytes], owner: int | None = None) -> None:
    if owner is not None and owner != os.getpid():
        return
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.kill()
    process.wait()
