"""What a model wrote, read as the number of one output in a list, or as none of them. Pure."""

import re

from agents.llm.clipping import clip
from agents.verify.judging.talk import Unreadable

READ_TOKENS = 2_000

_MARKS = r"[\s\"'*_`(<\[#]{0,8}"
_VALUE = r"(?P<value>\d{1,3}|none)(?![\w.]*\w)(?!\W{0,4}(?:[|/&,]|or\b|and\b)\W{0,4}(?:\d|none))"
_LABEL = r"(?:output|answer|right|correct|choice)"
_AT_LINE_START = re.compile(
    rf"^[\s\"'*_`{{#>-]{{0,8}}(?:the\s+)?(?:right\s|correct\s)?{_LABEL}{_MARKS}(?:[:=]|is)"
    rf"{_MARKS}(?:output\s+)?{_MARKS}{_VALUE}",
    re.IGNORECASE | re.MULTILINE,
)
_LAST_LINE = re.compile(
    rf"(?:^|\n){_MARKS}(?:output\s+)?{_VALUE}[\s*_`.)\]]{{0,8}}\Z", re.IGNORECASE
)


def read_output(text: str, number: int) -> int | Unreadable:
    """From 1 to `number`; 0 for none of them. The last line that is labelled counts."""
    text = clip(text, READ_TOKENS)
    labelled = list(_AT_LINE_START.finditer(text))
    found = labelled[-1] if labelled else _LAST_LINE.search(text)
    if found is None:
        return Unreadable("it has no line with OUTPUT and a number or NONE")
    if found["value"].lower() == "none":
        return 0
    value = int(found["value"])
    if not 1 <= value <= number:
        return Unreadable(f"there is no output {value}: they are numbered from 1 to {number}")
    return value
