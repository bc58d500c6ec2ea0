from math import sqrt

import pytest

from agents.domain import Preparation, Reproduction
from agents.value.progress import progress
from agents.value.protocol import Evidence
from agents.value.speed import gained
from agents.workload import Slowness, SpeedUp, Workload

SLOWNESS = Slowness(workload=Workload(script="x", goal=4.0), seconds=1.0, digest="d", wall_s=1.0)


def speed(ratio: float, p: float = 0.01) -> SpeedUp:
    return SpeedUp(ratio=ratio, low=ratio / 1.1, high=ratio * 1.1, p=p, base_s=(), state_s=())


def value(evidence: Evidence, reproduction: Reproduction | None = None) -> float:
    preparation = Preparation(
        base="b",
        commit="c",
        environment="e",
        reproduction=reproduction or Reproduction(),
        slowness=SLOWNESS,
    )
    return progress(preparation, evidence)


def test_the_goal_is_worth_one_and_half_the_way_there_a_half() -> None:
    assert gained(speed(4.0), 4.0) == 1.0
    assert gained(speed(sqrt(4.0)), 4.0) == pytest.approx(0.5)
    assert gained(speed(100.0), 4.0) == 1.0


@pytest.mark.parametrize("seen", [None, speed(0.5), speed(3.0, p=0.06), speed(0.9, p=0.001)])
def test_slower_or_maybe_noise_or_not_measured_is_worth_nothing(seen: SpeedUp | None) -> None:
    assert gained(seen, 4.0) == 0.0


def test_without_targets_the_speed_up_is_all() -> None:
    assert value(Evidence(speed=speed(2.0))) == pytest.approx(0.5)


def test_a_speed_up_that_breaks_a_test_is_worth_nothing() -> None:
    assert value(Evidence(speed=speed(9.0), regressions=("t::a",))) == 0.0
    broken = Evidence(speed=speed(9.0), tests={"issue::1": "failed"})
    assert value(broken, Reproduction(guards=("issue::1",))) == 0.0


def test_with_targets_tests_and_speed_are_worth_a_half_each() -> None:
    both = Reproduction(targets=("issue::1", "issue::2"))
    half = Evidence(tests={"issue::1": "passed", "issue::2": "failed"})
    mended = Evidence(tests={"issue::1": "passed", "issue::2": "passed"})
    done = Evidence(tests=mended.tests, speed=speed(4.0))
    assert [value(seen, both) for seen in (half, mended, done)] == [0.25, 0.5, 1.0]
