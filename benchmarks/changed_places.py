"""Which functions a fix had to change: those of the smallest part of it that its tests need.

A release changes more than one bug's code. Hunks are taken out of its difference for as long as
the bug's hidden tests still pass (Zeller and Hildebrandt 2002, "Simplifying and isolating
failure-inducing input"); what stays is the fix.
"""

import difflib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from agents.localise.functions import enclosing
from agents.localise.symbols import symbols

T = TypeVar("T")

Place = tuple[str, str]
"""Path and qualified name of a function."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines [i1, i2) of the base of a file, from 0, become lines [j1, j2) of the fixed one."""

    path: str
    i1: int
    i2: int
    j1: int
    j2: int


def hunks(base: Mapping[str, str], fixed: Mapping[str, str]) -> list[Hunk]:
    """All differences of these files (path → text); a file that is missing counts as empty."""
    found: list[Hunk] = []
    for path in sorted({*base, *fixed}):
        old, new = (files.get(path, "").split("\n") for files in (base, fixed))
        codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        found += [Hunk(path, *places) for tag, *places in codes if tag != "equal"]
    return found


def applied(
    base: Mapping[str, str], fixed: Mapping[str, str], chosen: Sequence[Hunk]
) -> dict[str, str]:
    """The files that some hunks change, with just these."""
    by_path: dict[str, list[Hunk]] = defaultdict(list)
    for hunk in chosen:
        by_path[hunk.path].append(hunk)
    changed = {}
    for path, mine in by_path.items():
        lines, new = base.get(path, "").split("\n"), fixed.get(path, "").split("\n")
        for hunk in sorted(mine, key=lambda hunk: -hunk.i1):
            lines[hunk.i1 : hunk.i2] = new[hunk.j1 : hunk.j2]
        changed[path] = "\n".join(lines)
    return changed


def needed(items: Sequence[T], still: Callable[[list[T]], bool]) -> list[T]:
    """A subset for which `still` holds and from which nothing can be left out alone.

    `still` must hold for all items together.
    """
    kept, size = list(items), max(1, len(items) // 2)
    while True:
        before = len(kept)
        for start in range(0, len(kept), size)[::-1]:
            fewer = kept[:start] + kept[start + size :]
            if still(fewer):
                kept = fewer
        if size == 1 and len(kept) == before:
            return kept
        size = max(1, size // 2)


def functions_of(
    base: Mapping[str, str], fixed: Mapping[str, str], chosen: Sequence[Hunk]
) -> frozenset[Place]:
    """Functions of the base that the hunks change, or put lines into."""
    found: set[Place] = set()
    for hunk in chosen:
        path = hunk.path
        old, new = symbols(path, base.get(path, "")), symbols(path, fixed.get(path, ""))
        gone = [enclosing(old, line) for line in range(hunk.i1 + 1, hunk.i2 + 1)]
        come = [enclosing(new, line) for line in range(hunk.j1 + 1, hunk.j2 + 1)]
        known = {span.name for span in old}
        found |= {(path, s.name) for s in (*gone, *come) if s is not None and s.name in known}
    return frozenset(found)
