import pytest

from agents.domain import Preparation, Reproduction, TestStatus
from agents.value.progress import progress
from agents.value.protocol import Evidence

PREPARATION = Preparation(
    base="0",
    commit="c",
    environment="e",
    reproduction=Reproduction(targets=("t1", "t2"), guards=("g1", "g2")),
)
GUARDS: dict[str, TestStatus] = {"g1": "passed", "g2": "passed"}


@pytest.mark.parametrize(
    ("tests", "regressions", "value"),
    [
        ({"t1": "failed", "t2": "failed"}, 0, 0.0),
        ({"t1": "passed", "t2": "failed"}, 0, 0.5),
        ({"t1": "passed", "t2": "passed"}, 0, 1.0),
        ({"t1": "passed", "t2": "missing"}, 0, 0.5),
        ({"t1": "passed", "t2": "passed"}, 1, 0.5),
        ({"t1": "passed", "t2": "passed"}, 99, 0.0),
        ({"t1": "passed", "t2": "passed", "g1": "failed"}, 0, 0.5),
        ({"t1": "failed", "t2": "failed", "g1": "failed"}, 0, 0.0),
    ],
)
def test_progress_is_what_was_gained_minus_what_broke_per_target(
    tests: dict[str, TestStatus], regressions: int, value: float
) -> None:
    evidence = Evidence(tests=GUARDS | tests, regressions=("r",) * regressions)
    assert progress(PREPARATION, evidence) == pytest.approx(value)


def test_guards_without_a_report_are_broken() -> None:
    evidence = Evidence(tests={"t1": "passed", "t2": "passed"}, regressions=())
    assert progress(PREPARATION, evidence) == 0.0
