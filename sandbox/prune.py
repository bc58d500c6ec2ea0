"""What the cache holds, and removing what was not used for longest.

Environments and base trees can be made again; so whatever is over the cap goes, the longest unused
first, and never what some process uses (see `uses`).
"""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandbox import uses
from sandbox.scratch import scratch, sweep

KEEP_GB = 20.0
"""The cap in gigabytes (10⁹ bytes) that holds wherever no other is given."""

GB = 1_000_000_000
Kind = Literal["environment", "base", "image"]
_STALE_S = 86_400.0
_OLD_LOG_S = 7 * 86_400.0
_FOLDERS: dict[Kind, str] = {
    "environment": "environments",
    "base": "bases",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something that takes room and can be made again."""

    kind: Kind
    name: str
    size: int
    """Bytes on disk."""
    used_at: float
    """Seconds since 1970."""
    in_use: bool


def stored(cache: Path) -> list[Kept]:
    """Environments and base trees, the longest unused first."""
    found: list[Kept] = []
    for kind, folder in _FOLDERS.items():
        for path in _made(cache / folder):
            with contextlib.suppress(FileNotFoundError):  # another process may prune as well
                found.append(_kept(kind, path))
    return sorted(found, key=lambda kept: kept.used_at)


def _kept(kind: Kind, path: Path) -> Kept:
    used_at = uses.last_use(path)
    return Kept(
        kind=kind, name=path.name, size=_size(path), used_at=used_at, in_use=uses.in_use(path)
    )


def surplus(kept: Sequence[Kept], keep: int) -> list[Kept]:
    """What must go so that at most `keep` bytes are left: longest unused first, nothing in use."""
    over = sum(one.size for one in kept) - keep
    going: list[Kept] = []
    for one in sorted(kept, key=lambda kept: kept.used_at):
        if over > 0 and not one.in_use:
            going.append(one)
            over -= one.size
    return going


def prune(cache: Path, keep: int = int(KEEP_GB * GB)) -> list[Kept]:
    """Bring environments and base trees under `keep` bytes; answer what was removed."""
    _sweep(cache)
    return remove(cache, surplus(stored(cache), keep))


def remove(cache: Path, going: Iterable[Kept]) -> list[Kept]:
    """Remove environments and base trees; answer those that nobody has begun to use meanwhile."""
    return [one for one in going if one.kind != "image" and _removed(_place(cache, one))]


def _place(cache: Path, kept: Kept) -> Path:
    folder = "bases" if kept.kind == "base" else "environments"
    return cache / folder / kept.name


def _removed(path: Path) -> bool:
    with uses.alone(path) as unused:
        if not unused or not path.is_dir():
            return False
        with scratch(path.parent, "gone") as place:
            path.replace(place / path.name)
            for suffix in ("size", "log"):
                path.with_name(f"{path.name}.{suffix}").unlink(missing_ok=True)
        return True


def _made(folder: Path) -> Iterator[Path]:
    """The finished entries: a temporary folder has a point in its name."""
    for path in folder.glob("*"):
        if "." not in path.name and path.is_dir():
            yield path


def _size(folder: Path) -> int:
    """Bytes on disk; measured once, since an entry never changes."""
    known = folder.with_name(f"{folder.name}.size")
    if known.is_file() and (text := known.read_text()).isdigit():
        return int(text)
    size = measured(folder)
    if folder.is_dir():
        with contextlib.suppress(OSError):  # a cache that cannot be written can still be read
            known.write_text(str(size))
    return size


def measured(folder: Path) -> int:
    """Bytes that a folder takes on disk; what vanishes meanwhile counts for nothing."""
    total, waiting = 0, [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except FileNotFoundError:
            continue
    return total


def _sweep(cache: Path) -> None:
    """Remove what killed processes have left, and files that stand beside nothing any more."""
    now = time.time()
    for folder in _FOLDERS.values():
        sweep(cache / folder)
        for path in (cache / folder).glob("*"):
            try:
                age = now - path.stat().st_mtime
            except FileNotFoundError:
                continue
            if path.is_dir():
                continue
            if not path.with_suffix("").is_dir() and age > _beside(path):
                path.unlink(missing_ok=True)


def _beside(path: Path) -> float:
    """How old a file may become without its folder: the log of a failed build is read later."""
    return _OLD_LOG_S if path.suffix == ".log" else _STALE_S
