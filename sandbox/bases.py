"""Base trees as folders in the cache: written once, then only read through overlays."""

# Git's file names are bytes, which pathlib does not take:
# ruff: noqa: PTH103, PTH120, PTH211

import os
from collections.abc import Callable
from pathlib import Path

from sandbox import prune, uses
from sandbox.locks import locked
from sandbox.objects import LINK
from sandbox.protocol import StateId
from sandbox.scratch import scratch, sweep
from sandbox.states import GitStates

COMPILE = ("-m", "compileall", "-q", "-f", "--invalidation-mode", "checked-hash", ".")
"""Arguments that make Python compile a workspace so that stale bytecode can never run."""


def materialise(
    cache: Path, states: GitStates, base: StateId, environment: str, finish: Callable[[Path], None]
) -> Path:
    """The folder of a base tree, made when it is missing.

    `finish` gets the new folder before anyone can see it (to compile it inside of a sandbox).
    The environment is in the name because its interpreter made the bytecode. The folder counts as
    used from now on; a new one may cost others that were not used for long (see `prune`).
    """
    target = cache.resolve() / "bases" / f"{base}-{environment}"
    uses.OURS.hold(target)
    if target.is_dir():
        return target
    with locked(target.with_name(f"{target.name}.lock")):
        if target.is_dir():
            return target
        sweep(target.parent)
        with scratch(target.parent, "base") as place:
            folder = place / "tree"
            folder.mkdir()
            _write(states, base, folder)
            finish(folder)
            folder.replace(target)
    prune.prune(cache.resolve())
    return target


def _write(states: GitStates, base: StateId, folder: Path) -> None:
    root = os.fsencode(folder)
    for item in states.items(base):
        names = item.path.encode("utf-8", "surrogateescape").split(b"/")
        if b"__pycache__" in names:
            continue
        path = b"/".join([root, *names])
        # A tree's folders are folders: no symlink can be on the way to a new file.
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if item.mode == LINK:
            os.symlink(item.content, path)
        else:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(path, flags, item.mode & 0o777), "wb") as file:
                file.write(item.content)
