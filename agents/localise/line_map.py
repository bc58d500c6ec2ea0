"""Carry line weights of a base file over to a changed version of it."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

Hunk = tuple[str, int, int, int, int]
"""An opcode of difflib: tag, base from and to, changed from and to (lines from 0, end excluded)."""


def map_lines(base: str, changed: str, weights: Mapping[int, float]) -> dict[int, float]:
    """Line of `changed` → weight in the range of `weights`; lines without weight are left out.

    A kept line keeps its weight. Rewritten lines get the largest weight of what they replace,
    or one to one where as many lines came as went. Inserted lines get the larger of their two
    neighbours, and so do the lines around a deletion, because the fault may lie in what is gone.
    """
    mapped: dict[int, float] = {}
    for hunk in hunks(base.split("\n"), changed.split("\n")):
        for line, weight in _of_hunk(hunk, weights):
            if weight > 0:
                mapped[line] = max(weight, mapped.get(line, 0.0))
    return mapped


def hunks(base: Sequence[str], changed: Sequence[str]) -> list[Hunk]:
    """The opcodes that turn one list of lines into the other.

    The common head and tail are cut off first: edits are small, and difflib is quadratic.
    """
    head = _common(base, changed)
    tail = _common(base[head:][::-1], changed[head:][::-1])
    matcher = SequenceMatcher(
        None, base[head : len(base) - tail], changed[head : len(changed) - tail], autojunk=False
    )
    middle = [
        (tag, i1 + head, i2 + head, j1 + head, j2 + head)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
    ]
    ends = (len(base) - tail, len(base), len(changed) - tail, len(changed))
    return [("equal", 0, head, 0, head), *middle, ("equal", *ends)]


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    pairs = zip(left, right, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def _of_hunk(hunk: Hunk, weights: Mapping[int, float]) -> Iterator[tuple[int, float]]:
    tag, i1, i2, j1, j2 = hunk
    around = max(weights.get(i1, 0.0), weights.get(i2 + 1, 0.0))
    gone = max((weights.get(line, 0.0) for line in range(i1 + 1, i2 + 1)), default=0.0)
    if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
        for line in range(i1 + 1, i2 + 1):
            yield line + j1 - i1, weights.get(line, 0.0)
    elif tag == "delete":
        for line in (j1, j1 + 1):
            yield line, gone
    else:
        for line in range(j1 + 1, j2 + 1):
            yield line, gone if tag == "replace" else around
