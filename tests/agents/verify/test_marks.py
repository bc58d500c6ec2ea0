import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.domain import TestStatus
from agents.selection.pool import Mark
from agents.verify.marks import mark_of

STATUSES: tuple[TestStatus, ...] = ("passed", "failed", "error", "skipped", "timeout", "missing")


@pytest.mark.parametrize(
    ("statuses", "mark"),
    [
        (["passed"], "passed"),
        (["failed"], "failed"),
        (["error"], "failed"),
        (["missing"], "unknown"),
        (["missing", "missing"], "unknown"),
        (["timeout"], "unknown"),
        (["timeout", "timeout"], "failed"),
        (["timeout", "missing"], "unknown"),
        (["timeout", "passed"], "passed"),
        (["passed", "failed"], "failed"),
        ([], "unknown"),
    ],
)
def test_what_runs_say_together(statuses: list[TestStatus], mark: Mark) -> None:
    assert mark_of(statuses) == mark


def test_a_pass_that_must_come_twice_did_not_come_once() -> None:
    assert mark_of(["passed"], passes=2) == "unknown"
    assert mark_of(["passed", "timeout"], passes=2) == "unknown"
    assert mark_of(["passed", "timeout", "passed"], passes=2) == "passed"


@given(st.lists(st.sampled_from(STATUSES)), st.integers(1, 3))
def test_nothing_passes_without_as_many_reports_of_a_pass(
    statuses: list[TestStatus], passes: int
) -> None:
    passed = mark_of(statuses, passes=passes) == "passed"
    assert passed <= (statuses.count("passed") >= passes)
    assert passed <= (not {"failed", "error", "skipped"} & {*statuses})
