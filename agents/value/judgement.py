"""What a judge wrote, read as a number and a paragraph. Pure.

Generous in form: ``VALUE: 0.7``, ``**Score** = 70 %``, ``7/10``, ``{"value": 0.7, …}``, a last
line that is nothing but a number. Strict in substance: a number outside [0, 1] is none.
"""

import re
from dataclasses import dataclass

from agents.llm.clipping import clip

READ_TOKENS = 2_000
"""Of a longer reply only head and tail are read."""
CRITIQUE_TOKENS = 160

_NUMBER = (
    r"(?P<number>[-+]?(?:\d{1,9}(?:[.,]\d{0,30})?|[.,]\d{1,30}))"
    r"(?!\d|e[-+]?\d)"
    r"(?:\s*(?P<percent>%)|\s*(?:/|out of)\s*(?P<whole>\d{1,4}))?"
)
_MARKS = r"[\s\"'*_`(<\[]{0,8}"
_LABEL = r"(?:value|score|rating|probability)(?:\s?\([^()\n]{1,40}\))?"
_ASKED_FOR = re.compile(
    rf"^[\s\"'*_`{{#>-]{{0,8}}VALUE{_MARKS}:{_MARKS}(?i:{_NUMBER})", re.MULTILINE
)
"""As the prompt writes it; code that is quoted is hardly in capitals."""
_AT_LINE_START = re.compile(
    rf"^[\s\"'*_`{{#>-]{{0,8}}{_LABEL}{_MARKS}[:=]{_MARKS}{_NUMBER}", re.IGNORECASE | re.MULTILINE
)
_LAST_LINE = re.compile(rf"(?:^|\n){_MARKS}{_NUMBER}[\s*_`.]{{0,8}}\Z")
_ANYWHERE = re.compile(rf"\b{_LABEL}{_MARKS}(?:[:=]|is|of){_MARKS}{_NUMBER}", re.IGNORECASE)
_HEADING = re.compile(
    r"^\W*(?:critique|explanation|paragraph|reason(?:ing)?)\W*:\W*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`value` in [0, 1]."""

    value: float
    critique: str
    """One line; empty where there was only a number."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """There is no number, or none that can be meant; `problem` is half a sentence."""

    problem: str
    critique: str


def read_judgement(text: str) -> Judgement | Unreadable:
    """The last number that is labelled as one, best as ``VALUE:``; the rest is the paragraph."""
    text = clip(text, READ_TOKENS)
    found = (
        _last(_ASKED_FOR, text)
        or _last(_AT_LINE_START, text)
        or _LAST_LINE.search(text)
        or _last(_ANYWHERE, text)
    )
    if found is None:
        return Unreadable("it has no line with VALUE and a number", _paragraph(text))
    critique = _paragraph(text[: found.start()] + " " + text[found.end() :])
    value = _number(found)
    if not 0.0 <= value <= 1.0:
        return Unreadable(f"{value:g} is not between 0 and 1", critique)
    return Judgement(value, critique)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _number(found: re.Match[str]) -> float:
    """A share of a whole that is stated (``7/10``, ``70 %``) becomes a share of 1."""
    value = float(found["number"].replace(",", "."))
    whole = 100.0 if found["percent"] else float(found["whole"] or 1.0)
    return value / whole if whole else -1.0


def _paragraph(text: str) -> str:
    line = " ".join(text.split()).strip("{}[](),\"'*_`#> ")
    return " ".join(clip(_HEADING.sub("", line), CRITIQUE_TOKENS).split())
