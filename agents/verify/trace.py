"""The execution trace of one failed test: where it failed, what its variables held, what ran.

Read from a report that nobody trusts: types are checked, sizes bounded, addresses taken out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

ISSUE = "<issue>"
"""The path of a frame in the issue's own code."""

_FRAMES, _LOCALS, _LINES = 5, 12, 2_000
_CHARS = 200
_LINE = 10_000_000

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]*")
_UNPRINTABLE = re.compile(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFrame:
    """A function on the way to the failure."""

    path: str
    """Relative to the workspace, or `ISSUE`."""
    line: int
    """From 1."""
    function: str
    source: str = ""
    """The line's text, stripped; empty where it is not known."""
    locals: tuple[tuple[str, str], ...] = ()
    """Variable → its value as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Which lines of one function ran. Its first line, the ``def``, is in neither."""

    path: str
    function: str
    ran: tuple[int, ...]
    missed: tuple[int, ...]
    missed_sources: tuple[str, ...] = ()
    """The texts of `missed`, stripped, as far as they are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """`frames` from the outermost to the one that failed."""

    frames: tuple[TraceFrame, ...]
    covered: Covered | None = None


def trace_of(document: Any) -> Trace | None:
    """What a report says; None where it is of another shape."""
    if not isinstance(document, dict) or not isinstance(document.get("frames"), list):
        return None
    frames = [_frame(given) for given in document["frames"][-_FRAMES:]]
    covered = document.get("ran")
    return Trace(
        frames=tuple(frame for frame in frames if frame is not None),
        covered=_covered(covered) if isinstance(covered, dict) else None,
    )


def with_sources(trace: Trace, read: Callable[[str], str | None]) -> Trace:
    """The trace with the texts of its lines; `read` answers a file's text by its path."""
    texts: dict[str, Sequence[str]] = {}

    def line(path: str, number: int) -> str:
        if path not in texts:
            texts[path] = (read(path) or "").split("\n")
        lines = texts[path]
        return printable(lines[number - 1].strip(), _CHARS) if 0 < number <= len(lines) else ""

    frames = tuple(replace(f, source=line(f.path, f.line)) for f in trace.frames)
    covered = trace.covered and replace(
        trace.covered,
        missed_sources=tuple(line(trace.covered.path, n) for n in trace.covered.missed),
    )
    return Trace(frames=frames, covered=covered)


def printable(text: str, most: int) -> str:
    """At most `most` characters that any database and any model takes, without addresses."""
    return _UNPRINTABLE.sub("?", _ADDRESS.sub("0x..", text[: 2 * most]))[:most]


def _frame(given: Any) -> TraceFrame | None:
    if not isinstance(given, dict):
        return None
    path, function = given.get("path"), given.get("function")
    line: Any = given.get("line")
    if not (isinstance(path, str) and _is_line(line) and isinstance(function, str)):
        return None
    held = given.get("locals")
    return TraceFrame(
        path=printable(path, _CHARS),
        line=line,
        function=printable(function, _CHARS),
        locals=tuple(_locals(held)) if isinstance(held, list) else (),
    )


def _locals(given: Sequence[Any]) -> list[tuple[str, str]]:
    return [
        (printable(pair[0], _CHARS), printable(pair[1], _CHARS))
        for pair in given[:_LOCALS]
        if isinstance(pair, list) and [type(part) for part in pair] == [str, str]
    ]


def _covered(given: Mapping[str, Any]) -> Covered | None:
    path, function = given.get("path"), given.get("function")
    ran, missed = given.get("lines"), given.get("not")
    if not (isinstance(path, str) and isinstance(function, str)):
        return None
    if not (isinstance(ran, list) and isinstance(missed, list)):
        return None
    return Covered(
        path=printable(path, _CHARS),
        function=printable(function, _CHARS),
        ran=tuple(line for line in ran[:_LINES] if _is_line(line)),
        missed=tuple(line for line in missed[:_LINES] if _is_line(line)),
    )


def _is_line(number: Any) -> bool:
    return type(number) is int and 0 < number <= _LINE
