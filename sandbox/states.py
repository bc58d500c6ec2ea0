"""Workspaces as git trees in one bare repository that no sandbox ever sees.

The database's diffs are the truth; this repository is a cache that may be deleted at any time.
"""

import os
import stat
import subprocess
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from sandbox import git, imports, trees
from sandbox.errors import (
    PatchDoesNotApply,
    RepositoryUnreadable,
    SandboxLost,
    StateMismatch,
    UnsafePath,
)
from sandbox.objects import FILE, LINK, MODULE, PROGRAM, Entry, Objects, Tree
from sandbox.protocol import StateId
from sandbox.scratch import scratch, sweep

_KEPT_LISTINGS = 16
_KEPT_DIFFS = 64
_LONGEST_KEPT_DIFF = 100_000
_APPLY_MB = 512
_UNSAFE_COMPLAINTS = ("invalid path", "beyond a symbolic link", "invalid file name")
_DIFF = (
    "diff-tree -r -p --binary --full-index --no-renames --no-ext-diff --no-textconv --no-color "
    "--src-prefix=a/ --dst-prefix=b/ --submodule=short --diff-algorithm=myers -U3"
)


class Item(NamedTuple):
    """One file or symlink of a state; a symlink's content is its target."""

    path: str
    mode: int
    """`objects.FILE`, `objects.PROGRAM` or `objects.LINK`; 0 where it is removed."""
    content: bytes


class GitStates:
    """The `States` protocol. Safe under threads, forked children and other processes."""

    def __init__(self, directory: Path) -> None:
        """Open the store in `directory`; made when it is not there.

        Raises: SandboxUnavailable when git is not installed.
        """
        self._git_dir = directory.resolve()
        _initialise(self._git_dir)
        sweep(self._git_dir)
        self._objects = Objects(self._git_dir)
        self._listings: OrderedDict[StateId, tuple[tuple[str, Entry], ...]] = OrderedDict()
        self._diffs: OrderedDict[tuple[StateId, StateId], bytes] = OrderedDict()
        self._lock = Lock()

    def import_commit(self, repository: Path, revision: str) -> tuple[StateId, str]:
        """Bring a commit's tree in, reading neither its configuration nor its history."""
        try:
            tree, commit = imports.commit_tree(self._git_dir, repository, revision)
        except OSError as error:
            raise RepositoryUnreadable(f"{repository} cannot be read: {error}") from error
        state = StateId(tree)
        for path, _ in self._listing(state):
            try:
                trees.components(path)
            except UnsafePath as error:
                raise RepositoryUnreadable(f"{repository} at {commit}: {error}") from error
        return state, commit

    def fork(self, parent: StateId, changes: Mapping[str, bytes | None]) -> StateId:
        """The parent with files replaced, added or removed; removing what is not there is fine.

        Raises: UnsafePath, also for a path at or below a symlink.
        """
        edited = trees.edit(self._objects, self._root(parent), trees.plan(changes))
        return StateId(self._objects.write_tree(edited))

    def apply(self, base: StateId, patch: bytes) -> StateId:
        """`base` with a git diff applied. Raises: PatchDoesNotApply, UnsafePath."""
        if not patch:
            return base
        self._root(base)
        with scratch(self._git_dir, "index") as folder:
            env = {"GIT_INDEX_FILE": f"{folder}/index"}
            self._must(git.run(self._git_dir, "read-tree", base, env=env))
            applied = git.run(
                self._git_dir, "apply", "--cached", "-", stdin=patch, env=env, memory_mb=_APPLY_MB
            )
            if applied.returncode:
                complaint = git.message(applied)
                unsafe = any(words in complaint for words in _UNSAFE_COMPLAINTS)
                raise (UnsafePath if unsafe else PatchDoesNotApply)(complaint)
            written = self._must(git.run(self._git_dir, "write-tree", env=env))
        state = StateId(written.stdout.decode().strip())
        self._vet(base, state)
        return state

    def restore(self, base: StateId, patch: bytes, expected: StateId) -> StateId:
        """`apply`, then prove that the tree is the expected one."""
        state = self.apply(base, patch)
        if state != expected:
            raise StateMismatch(f"{base} with the patch is {state}, not {expected}")
        return state

    def diff(self, base: StateId, state: StateId) -> bytes:
        """A binary-safe git diff with full index lines; empty when equal."""
        if base == state:
            return b""
        with self._lock:
            if (kept := self._diffs.get((base, state))) is not None:
                return kept
        self._root(base), self._root(state)
        found = self._must(git.run(self._git_dir, *_DIFF.split(), base, state)).stdout
        with self._lock:
            if len(found) <= _LONGEST_KEPT_DIFF:
                self._diffs[base, state] = found
            while len(self._diffs) > _KEPT_DIFFS:
                self._diffs.popitem(last=False)
        return found

    def changed(self, base: StateId, state: StateId) -> Mapping[str, bytes | None]:
        """Path → content in `state` of every file that differs (a symlink's is its target)."""
        return {item.path: item.content if item.mode else None for item in self.delta(base, state)}

    def paths(self, state: StateId) -> tuple[str, ...]:
        """Every regular file of the state, sorted: those that `read` answers."""
        return tuple(
            sorted(path for path, entry in self._listing(state) if stat.S_ISREG(entry.mode))
        )

    def read(self, state: StateId, path: str) -> bytes | None:
        """A regular file's content; None for anything else, unsafe paths included."""
        try:
            *folders, name = trees.components(path)
        except UnsafePath:
            return None
        tree: Tree | None = self._root(state)
        for folder in folders:
            entry = tree.get(folder) if tree else None
            tree = self._objects.tree(entry.oid) if entry else None
        found = tree.get(name) if tree else None
        if found is None or not stat.S_ISREG(found.mode):
            return None
        return self._content(found)

    def delta(self, base: StateId, state: StateId) -> tuple[Item, ...]:
        """What to lay over a copy of `base` to get `state`; removals have mode 0."""
        found = trees.differences(self._load, self._root(base), self._root(state))
        return tuple(
            self._item(trees.decode(path), entry)
            for path, entry in found
            if entry is None or entry.mode != MODULE
        )

    def items(self, state: StateId) -> Iterator[Item]:
        """Every file and symlink of a state with its content, one at a time."""
        for path, entry in self._listing(state):
            if entry.mode != MODULE:
                yield self._item(path, entry)

    def close(self) -> None:
        """End the process that reads objects. Idempotent; using the store starts another."""
        self._objects.close()

    def _item(self, path: str, entry: Entry | None) -> Item:
        if entry is None:
            return Item(path, 0, b"")
        # Old repositories hold modes such as 100664: git itself knows only these two.
        mode = entry.mode if entry.mode == LINK else PROGRAM if entry.mode & 0o100 else FILE
        return Item(path, mode, self._content(entry))

    def _vet(self, base: StateId, state: StateId) -> None:
        """Refuse what a diff from outside may have smuggled in."""
        for path, entry in trees.differences(self._load, self._root(base), self._root(state)):
            if entry is None:
                continue
            trees.components(trees.decode(path))
            if entry.mode == MODULE:
                raise UnsafePath(f"{trees.decode(path)!r} would be a submodule")
            if entry.mode == LINK:
                trees.check_link(path, self._content(entry))

    def _listing(self, state: StateId) -> tuple[tuple[str, Entry], ...]:
        with self._lock:
            if (kept := self._listings.get(state)) is not None:
                self._listings.move_to_end(state)
                return kept
        found = trees.walk(self._load, self._root(state))
        listing = tuple((trees.decode(path), entry) for path, entry in found if entry)
        with self._lock:
            self._listings[state] = listing
            while len(self._listings) > _KEPT_LISTINGS:
                self._listings.popitem(last=False)
        return listing

    def _root(self, state: StateId) -> Tree:
        return self._load(state)

    def _load(self, oid: str) -> Tree:
        tree = self._objects.tree(oid)
        if tree is None:
            raise StateMismatch(f"state {oid} is not in this store; restore it from its diff")
        return tree

    def _content(self, entry: Entry) -> bytes:
        found = self._objects.blob(entry.oid)
        if found is None:
            raise StateMismatch(f"file {entry.oid} is not in this store; import the commit again")
        return found

    def _must(self, done: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[bytes]:
        if done.returncode:
            raise SandboxLost(f"git failed in {self._git_dir}: {git.message(done)}")
        return done


def _initialise(git_dir: Path) -> None:
    """Make the bare repository; two processes may do so at once."""
    if (git_dir / "HEAD").is_file():
        return
    (git_dir / "objects" / "pack").mkdir(parents=True, exist_ok=True)
    (git_dir / "objects" / "info").mkdir(exist_ok=True)
    (git_dir / "refs").mkdir(exist_ok=True)
    config = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"
    for name, text in (("config", config), ("HEAD", "ref: refs/heads/main\n")):
        handle, temporary = tempfile.mkstemp(dir=git_dir)
        with os.fdopen(handle, "w") as file:
            file.write(text)
        Path(temporary).replace(git_dir / name)
    git.binary()
