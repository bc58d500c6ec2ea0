"""Places that a reviewer may name: lines of a diff, and of excerpts of the base. Pure."""

import re
from collections.abc import Mapping

_HEADING = re.compile(
    r"^[\s#*`>]*(?P<path>[\w.@+/-]+\.\w+)`?"
    r"(?:[:, (]{1,3}(?:from )?lines? (?P<first>\d{1,9})(?!\w)|:(?P<only>\d{1,9})[\s:*`]*$)"
)
"""``pkg/core.py, from line 12:``, ``# pkg/core.py, line 12: f``, ``pkg/core.py:12``."""
_NAMED = re.compile(
    r"(?P<path>[\w.@+/-]+\.\w+)`?\s?(?::|,?\s?lines?)\s?(?:lines?\s?)?(?P<line>\d{1,9})"
)

Places = Mapping[str, set[int]]
"""Path → numbers of its lines, from 1."""


def excerpt_places(code: str) -> dict[str, set[int]]:
    """The lines of excerpts, each under its path and the number of its first line."""
    found: dict[str, set[int]] = {}
    path, number = "", 0
    for line in code.split("\n"):
        heading = _HEADING.match(line)
        if heading:
            path, number = heading["path"], int(heading["first"] or heading["only"])
        elif path and not line.lstrip().startswith("```"):
            found.setdefault(path, set()).add(number)
            number += 1
    return found


def named_place(text: str, places: Places) -> str:
    """The first ``path:line`` in a text that exists; empty where none does. The end of a path is
    enough where it is the end of one path only."""
    for named in _NAMED.finditer(text):
        line = int(named["line"])
        tail = named["path"].removeprefix("./")
        paths = [p for p in places if p == tail] or [p for p in places if p.endswith("/" + tail)]
        if len(paths) == 1 and line in places[paths[0]]:
            return f"{paths[0]}:{line}"
    return ""
