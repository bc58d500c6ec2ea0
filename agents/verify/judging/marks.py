"""What a reviewer wrote, read as one mark for each demand. Pure.

Generous in form: ``1. MET core.py:12``, ``**2** - NOT MET``, ``3: unknown``. Strict in substance: a
demand without a mark, or with two that contradict each other, is unknown; a place that does not
exist is none.
"""

import re
from collections.abc import Sequence

from agents.llm.clipping import clip
from agents.selection.evidence import Demand
from agents.verify.judging.places import Places, named_place
from agents.verify.judging.talk import Unreadable

READ_TOKENS = 3_000
FORM = "one line for each demand: its number, then MET, NOT or UNKNOWN, then `path:line`"

_START = re.compile(
    r"^[\s*_#>`-]{0,6}(?:demand\s?)?#?(?P<number>\d{1,2})[*_`]{0,3}\s?(?:[.):–-]|(?=\s[A-Z]))",
    re.MULTILINE | re.IGNORECASE,
)
_SHOUTED = re.compile(r"\b(?:NOT[ _]MET|UNMET|NOT|MET|UNKNOWN)\b")
_FIRST = re.compile(r"[\s*_`:\[(-]{0,8}(not met|unmet|not|met|unknown)\b", re.IGNORECASE)
_MET = {"MET": True, "UNKNOWN": None}


def read_marks(
    text: str, demands: Sequence[str], places: Places
) -> tuple[Demand, ...] | Unreadable:
    """One for each demand, in their order."""
    marks: dict[int, tuple[bool | None, str]] = {}
    for number, chunk in _chunks(clip(text, READ_TOKENS)):
        mark = _mark(chunk)
        if mark is None or not 1 <= number <= len(demands):
            continue
        met, where = _MET.get(mark, False), named_place(chunk, places)
        known = marks.get(number, (met, where))
        marks[number] = (met if known[0] == met else None, known[1] or where)
    if not marks:
        return Unreadable("no demand has a mark")
    return tuple(
        Demand(text=demand, met=met, where=where)
        for demand, (met, where) in (
            (demand, marks.get(number, (None, ""))) for number, demand in enumerate(demands, 1)
        )
    )


def _chunks(text: str) -> list[tuple[int, str]]:
    """What stands behind each number, up to the next one."""
    starts = list(_START.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)] * bool(starts)
    return [
        (int(start["number"]), text[start.end() : end])
        for start, end in zip(starts, ends, strict=True)
    ]


def _mark(chunk: str) -> str | None:
    """In capitals, as it is asked for; else the first word."""
    found = _SHOUTED.search(chunk)
    if found:
        return found[0]
    first = _FIRST.match(chunk)
    return first[1].upper() if first else None
