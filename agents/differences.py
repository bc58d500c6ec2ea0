"""Where two documents first differ, in words."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

SHOWN = 160
"""Most characters of a value that are told."""


def first_difference(was: Any, now: Any, place: str = "") -> str | None:
    """The first place, in sorted order of keys, where two JSON values differ; None: nowhere.

    Texts are compared line by line: ``messages[1].content, line 3: 'a' was, 'b' is``.
    """
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        return _first(
            (f"{place}.{key}".lstrip("."), was.get(key), now.get(key))
            for key in sorted(was.keys() | now.keys())
        )
    if _is_list(was) and _is_list(now):
        pairs = enumerate(zip_longest(was, now))
        return _first((f"{place}[{n}]", before, after) for n, (before, after) in pairs)
    if isinstance(was, str) and isinstance(now, str) and "\n" in was + now and was != now:
        lines = enumerate(zip_longest(was.split("\n"), now.split("\n")), 1)
        return _first((f"{place}, line {n}", before, after) for n, (before, after) in lines)
    return None if was == now else f"{place}: {_shown(was)} was, {_shown(now)} is"


def _first(parts: Any) -> str | None:
    found = (first_difference(was, now, place) for place, was, now in parts)
    return next((difference for difference in found if difference), None)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
