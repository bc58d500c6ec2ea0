"""Reads what the stopwatch wrote: one JSON object, by a process that nobody trusts.

A report of another shape is no report: the workload did not run.
"""

import json
from dataclasses import dataclass
from typing import Any

from agents.verify.trace import printable

REPORT_BYTES = 1_000_000
"""A longer one is none."""

_RUNS, _ROWS = 10, 100
_DIGEST, _ERROR, _SHOWN, _NAME = 64, 2_000, 2_000, 1_000
_NUMBER = 2**53
_SHORTEST_S, _LONGEST_S = 1e-9, 1e9
"""So that no quotient of two times is infinite."""


@dataclass(frozen=True, slots=True)
class Row:
    """A function of the workspace under the profiler."""

    path: str
    line: int
    name: str
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """What one process reports of its runs."""

    seconds: tuple[float, ...]
    """Of each run, in [1e-9, 1e9]; empty only where there is an error."""
    digests: frozenset[str]
    """Of what the runs printed; never empty."""
    error: str
    """What ended a run, in a line; empty where none went wrong."""
    shown: str
    rows: tuple[Row, ...]


def timings_of(content: bytes) -> Timings | None:
    """What a report says; None where it is of another shape."""
    try:
        given = json.loads(content) if len(content) <= REPORT_BYTES else None
    except (ValueError, RecursionError):
        return None
    return _timings(given) if isinstance(given, dict) else None


def _timings(given: dict[str, Any]) -> Timings | None:
    seconds, digests = _listed(given, "seconds", _RUNS), _listed(given, "digests", _RUNS)
    rows, error, shown = _listed(given, "rows", _ROWS), given.get("error"), given.get("shown")
    if not (seconds or error) or not _are_runs(seconds, digests):
        return None
    if rows is None or not all(_is_row(row) for row in rows):
        return None
    if not (isinstance(error, str) and isinstance(shown, str)):
        return None
    return Timings(
        seconds=tuple(seconds or ()),
        digests=frozenset(digests or ()),
        error=printable(error, _ERROR),
        shown=printable(shown[-_SHOWN:], _SHOWN),
        rows=tuple(Row(printable(r[0], _NAME), r[1], printable(r[2], _NAME), *r[3:]) for r in rows),
    )


def _listed(given: dict[str, Any], key: str, most: int) -> list[Any] | None:
    found = given.get(key)
    return found if isinstance(found, list) and len(found) <= most else None


def _are_runs(seconds: list[Any] | None, digests: list[Any] | None) -> bool:
    if seconds is None or not all(_is_time(each, _SHORTEST_S) for each in seconds):
        return False
    return bool(digests) and all(isinstance(d, str) and len(d) <= _DIGEST for d in digests or ())


def _is_time(number: Any, least: float) -> bool:
    return type(number) is float and least <= number <= _LONGEST_S


def _is_row(row: Any) -> bool:
    if not isinstance(row, list) or [type(part) for part in row] != [str, int, str, int, float]:
        return False
    return 0 <= row[1] <= _NUMBER and 0 < row[3] <= _NUMBER and _is_time(row[4], 0.0)
