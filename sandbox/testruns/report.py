"""What a run said of every test, and how reports of parts become one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

TestStatus = Literal["passed", "failed", "error", "skipped", "timeout", "missing"]
"""``missing``: asked for or collected, but no report came back. It never counts as passed."""

STATUSES = frozenset(get_args(TestStatus))

_RANK: Mapping[TestStatus, int] = {
    "missing": 0,
    "passed": 1,
    "skipped": 2,
    "failed": 3,
    "error": 4,
    "timeout": 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TestReport:
    """One run of some tests. Only `status` decides: an exit code never makes a pass."""

    __test__ = False

    status: Mapping[str, TestStatus] = field(default_factory=dict)
    """Test id → what became of it. What was asked for is there, or, of a file, module or class
    that was asked for, the tests in it."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """Test id → what it failed with, at most a few thousand characters."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Test id → name of the exception that failed it."""
    frames: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    """Test id → workspace frames (path, line) of its traceback, outermost first."""
    durations: Mapping[str, float] = field(default_factory=dict)
    """Test id → seconds, its fixtures included."""
    collection_errors: Mapping[str, str] = field(default_factory=dict)
    """File, module or label that could not be loaded → why."""
    passing_lines: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Path → line → how many passing tests ran it; empty unless it was asked for."""
    finished: bool = False
    """Whether the run came to an end of its own: a crash or a time-out leaves it False."""

    def not_passed(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Those of `wanted` that did not pass here; without a report counts as not passed."""
        return tuple(test for test in wanted if self.status.get(test) != "passed")


def worse(one: TestStatus, other: TestStatus) -> TestStatus:
    """The status of a test that was reported twice: a later pass mends nothing."""
    return max(one, other, key=_RANK.__getitem__)


def merge(reports: Iterable[TestReport]) -> TestReport:
    """The whole from its parts, such as shards: what one part misses another may report."""
    parts = list(reports)
    status: dict[str, TestStatus] = {}
    lines: dict[str, dict[int, int]] = {}
    for part in parts:
        for test, told in part.status.items():
            status[test] = worse(status.get(test, "missing"), told)
        for path, counts in part.passing_lines.items():
            at = lines.setdefault(path, {})
            for line, count in counts.items():
                at[line] = at.get(line, 0) + count
    return TestReport(
        status=status,
        failures={t: text for part in parts for t, text in part.failures.items()},
        errors={t: name for part in parts for t, name in part.errors.items()},
        frames={t: at for part in parts for t, at in part.frames.items()},
        durations={t: s for part in parts for t, s in part.durations.items()},
        collection_errors={t: e for part in parts for t, e in part.collection_errors.items()},
        passing_lines=lines,
        finished=bool(parts) and all(part.finished for part in parts),
    )
