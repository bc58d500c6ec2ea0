"""Reads what the harness wrote: one JSON object for each test, by a process that nobody trusts.

A line of another shape is no report, and no later line makes a pass of a failure that was reported.
A process that reports a pass in the first place is believed: nothing here tells a forged one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from agents.verify.trace import Trace, printable, trace_of
from sandbox.protocol import RunResult
from sandbox.testruns.entries import entries

MESSAGE = 4_000
FRAMES = 1_000
ERROR = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one test did."""

    status: Literal["passed", "failed"]
    error: str = ""
    """Name of the exception that failed it."""
    message: str = ""
    frames: Sequence[tuple[str, int]] = ()
    """Workspace frames of the traceback, outermost first."""
    lines: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Path → lines that it ran; empty unless the run was traced."""
    trace: Trace | None = None


def harness_report(result: RunResult, asked: Collection[str]) -> dict[str, Entry]:
    """Test id → entry, for those of `asked` that were reported: of several lines for one test the
    first that says ``failed``, else the first."""
    found: dict[str, Entry] = {}
    for given in entries(result, "report.jsonl"):
        test, entry = given.get("id"), _entry(given)
        if not isinstance(test, str) or test not in asked or entry is None:
            continue
        if test not in found or (entry.status, found[test].status) == ("failed", "passed"):
            found[test] = entry
    return found


def _entry(given: Mapping[str, Any]) -> Entry | None:
    status, frames, lines = given.get("status"), given.get("frames", []), given.get("lines", {})
    error, message = given.get("error", ""), given.get("message", "")
    if status not in ("passed", "failed") or not isinstance(frames, list):
        return None
    if not (isinstance(error, str) and isinstance(message, str) and _are_lines(lines)):
        return None
    return Entry(
        status=status,
        error=printable(error, ERROR),
        message=printable(message, MESSAGE),
        frames=[(frame[0], frame[1]) for frame in frames[-FRAMES:] if _is_frame(frame)],
        lines=lines,
        trace=trace_of(given.get("trace")) if status == "failed" else None,
    )


def _is_frame(frame: Any) -> bool:
    return isinstance(frame, list) and [type(part) for part in frame] == [str, int]


def _are_lines(lines: Any) -> bool:
    return isinstance(lines, dict) and all(
        isinstance(numbers, list) and all(type(number) is int for number in numbers)
        for numbers in lines.values()
    )
