"""What several runs of one test say together. Pure.

A missing report is unknown, never a pass and never a failure. One time-out is unknown as well, for
it may be the machine's; one that comes again is a failure.
"""

from collections.abc import Sequence

from agents.domain import TestStatus
from agents.selection.pool import Mark

TOLD = frozenset({"passed", "failed", "error", "skipped"})
"""Statuses that a test itself reported."""

TIMEOUTS = 2
"""So many are a failure."""


def mark_of(statuses: Sequence[TestStatus], *, passes: int = 1) -> Mark:
    """`passes`: reports of a pass that it takes. A single report of anything else is a failure."""
    told = [status for status in statuses if status in TOLD]
    if any(status != "passed" for status in told) or statuses.count("timeout") >= TIMEOUTS:
        return "failed"
    return "passed" if len(told) >= passes else "unknown"
