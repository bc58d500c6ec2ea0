"""Files of labelled pools, in the form of docs/selection-pools.md."""

from collections.abc import Sequence
from pathlib import Path

from agents.selection.labelled import LabelledPool
from agents.selection.pool_file import read, written


def load(path: Path) -> tuple[LabelledPool, ...]:
    """None where there is no such file. Raises: BadPool."""
    if not path.exists():
        return ()
    # not `splitlines`, which also ends a line where a string has one of Unicode's separators
    return tuple(read(path.read_text(encoding="utf-8").split("\n"), path.name))


def write(path: Path, pools: Sequence[LabelledPool]) -> None:
    """The whole file, in the order of its issues."""
    lines = [written(pool) + "\n" for pool in sorted(pools, key=lambda pool: pool.issue)]
    beside = path.with_suffix(".new")
    beside.write_text("".join(lines), encoding="utf-8")
    beside.replace(path)
