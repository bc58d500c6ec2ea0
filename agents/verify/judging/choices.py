"""What a judge wrote, read as a choice between A and B. Pure.

Generous in form: ``CHOICE: A``, ``**Choice** = candidate B``, ``{"choice": "NEITHER"}``, a last
line that is nothing but the choice. Strict in substance: ``A or B``, ``both`` and ``a tie`` choose
nothing, and no reply is ever taken for a vote by default.
"""

import re
from dataclasses import dataclass
from typing import Literal

from agents.llm.clipping import clip
from agents.verify.judging.talk import Unreadable

Side = Literal["A", "B"]

READ_TOKENS = 2_000
"""Of a longer reply only head and tail are read."""
REASON_TOKENS = 120
FORM = "the one line: `CHOICE: A`, `CHOICE: B` or `CHOICE: NEITHER`"

_MARKS = r"[\s\"'*_`(<\[]{0,8}"
_THING = r"(?:(?i:the\s+)?(?i:candidate|change|patch|option|answer|diff)\s+)?[\"'*_`(]{0,4}"
_END = r"(?![\w'-])(?!\W{0,4}(?:[|/&,]|(?i:or|and)\b)\W{0,4}(?:[AB]|(?i:neither|none))(?!\w))"
_VALUE = rf"{_THING}(?P<side>[AB]|(?i:neither|none)|[ab](?=\W*(?:\n|\Z))){_END}"
_LABEL = r"(?i:choice|decision|verdict|better|winner)"
_AT_LINE_START = re.compile(
    rf"^[\s\"'*_`{{#>-]{{0,8}}(?:(?i:my|final)\s+)?{_LABEL}{_MARKS}[:=]{_MARKS}{_VALUE}",
    re.MULTILINE,
)
_ANYWHERE = re.compile(rf"\b{_LABEL}{_MARKS}(?:[:=]|is){_MARKS}{_VALUE}")
_LAST_LINE = re.compile(rf"(?:^|\n){_MARKS}{_VALUE}[\s*_`.)\]\"']{{0,8}}\Z")
_LABELLED = re.compile(rf"^[\s\"'*_`{{#>-]{{0,8}}{_LABEL}{_MARKS}[:=]", re.MULTILINE)
_HEADING = re.compile(r"^\W*(?:explanation|reason(?:ing)?)\W*:\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """`side` None: neither."""

    side: Side | None
    reason: str = ""
    """One line."""


def read_choice(text: str) -> Choice | Unreadable:
    """The last choice that is labelled as one; the rest is the reason."""
    text = clip(text, READ_TOKENS)
    found = _last(_AT_LINE_START, text) or _LAST_LINE.search(text) or _last(_ANYWHERE, text)
    if found is None:
        return Unreadable("it has no line with CHOICE and one of A, B and NEITHER")
    later = _LABELLED.search(text, found.end())
    if later is not None:
        return Unreadable("its last CHOICE is not one of A, B and NEITHER")
    side = found["side"].upper()
    rest = text[: found.start()] + " " + text[found.end() :]
    return Choice("A" if side == "A" else "B" if side == "B" else None, _line(rest))


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _line(text: str) -> str:
    line = " ".join(text.split()).strip("{}[](),\"'*_`#> ")
    return " ".join(clip(_HEADING.sub("", line), REASON_TOKENS).split())
