"""When measuring ends, and that noise is not called speed. All times are made up."""

import random
from collections.abc import Callable

import pytest

from agents.verify.interleaved import IN_SEARCH, ON_LADDER, Looks, compare
from agents.workload import SpeedUp


def noisy(rng: random.Random, seconds: float, drift: list[float]) -> Callable[[], float]:
    """A machine under load: skewed noise, a stall now and then, and a load that wanders."""

    def run() -> float:
        drift[0] = min(2.0, max(0.5, drift[0] * rng.lognormvariate(0.0, 0.05)))
        stall = 3.0 if rng.random() < 0.05 else 1.0
        return seconds * drift[0] * stall * rng.lognormvariate(0.0, 0.1)

    return run


def compared(seed: int, factor: float, looks: Looks = IN_SEARCH, goal: float = 1.2) -> SpeedUp:
    rng, drift = random.Random(seed), [1.0]
    return compare(noisy(rng, 1.0, drift), noisy(rng, 1.0 / factor, drift), looks, goal)


def runs(seen: SpeedUp) -> int:
    assert len(seen.base_s) == len(seen.state_s)
    return len(seen.base_s)


@pytest.mark.parametrize("looks", [IN_SEARCH, ON_LADDER])
def test_a_state_that_is_no_faster_is_seldom_called_faster(looks: Looks) -> None:
    draws = [compared(seed, 1.0, looks) for seed in range(1500)]
    assert sum(seen.significant for seen in draws) / len(draws) <= 0.05
    assert sum(seen.reaches(1.2) for seen in draws) / len(draws) <= 0.01


def test_independent_times_of_one_distribution_keep_the_level_too() -> None:
    def draw(seed: int) -> SpeedUp:
        rng = random.Random(seed)
        return compare(rng.random, rng.random, IN_SEARCH, 1.2)

    assert sum(draw(seed).significant for seed in range(3000)) / 3000 <= 0.05


def test_a_state_that_is_twice_as_fast_is_found_out_on_the_same_machine() -> None:
    draws = [compared(seed, 2.0) for seed in range(200)]
    assert sum(seen.reaches(1.2) for seen in draws) / len(draws) >= 0.95


def test_the_ladders_interval_mostly_holds_the_truth() -> None:
    draws = [compared(seed, 1.5, ON_LADDER) for seed in range(500)]
    held = [seen.low <= 1.5 <= (seen.high or float("inf")) for seen in draws]
    assert sum(held) / len(held) >= 0.93


def test_what_is_clearly_slower_is_measured_as_seldom_as_can_be() -> None:
    assert runs(compared(1, 0.5)) == 3


def test_what_is_clearly_fast_enough_is_not_measured_to_the_bound() -> None:
    assert runs(compared(1, 20.0)) == 6


def test_what_is_close_to_the_goal_is_measured_to_the_bound() -> None:
    times = iter([1.0, 0.9, 1.1, 0.8, 1.3, 0.95] * 12)
    seen = compare(lambda: next(times) * 1.15, lambda: next(times), IN_SEARCH, 1.2)
    assert runs(seen) == 12


def test_base_and_state_take_turns_and_neither_is_always_first() -> None:
    order = ""

    def ran(side: str) -> float:
        nonlocal order
        order += side
        return 1.0

    compare(lambda: ran("A"), lambda: ran("B"), Looks((4,)), 2.0)
    assert order == "ABBAABBA"


def test_three_runs_are_never_enough_to_say_faster() -> None:
    seen = compare(lambda: 20.0, lambda: 1.0, Looks((3,)), 1.2)
    assert (seen.ratio, seen.low, seen.high) == (20.0, 0.0, None)
    assert not seen.reaches(1.2)
    assert str(seen) == "20 times as fast [0, ∞]"


def test_every_look_that_is_planned_has_to_be_paid_for() -> None:
    def seen(looks: Looks) -> SpeedUp:
        base, state = iter([5.0, 6.0, 7.0, 8.0]), iter([1.0, 2.0, 3.0, 4.0])
        return compare(lambda: next(base), lambda: next(state), looks, 1.2)

    once, twice = seen(Looks((4,))), seen(Looks((2, 4)))
    assert twice.p == pytest.approx(2 * once.p)
    assert (once.low, twice.low) == (1.25, 0.0)
