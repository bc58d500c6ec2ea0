"""The ideal that `benchmarks.engine` compares with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.engine.bound import list_schedule, relaxed

SERVICES = st.lists(st.floats(0.01, 5.0), min_size=1, max_size=40)


def test_one_trial_waits_for_the_model_and_then_works() -> None:
    assert list_schedule([1.0], 0.2, cores=2, width=16) == pytest.approx(1.2)


def test_nothing_takes_no_time() -> None:
    assert list_schedule([], 0.2, cores=2, width=16) == relaxed([], 0.2, 2) == 0.0


def test_trials_share_the_cores() -> None:
    assert list_schedule([1.0] * 4, 0.2, cores=2, width=16) == pytest.approx(2.2)


def test_with_a_width_of_one_every_trial_waits_for_the_model() -> None:
    assert list_schedule([1.0] * 3, 0.2, cores=2, width=1) == pytest.approx(3.6)


def test_a_slow_trial_holds_back_what_is_a_width_behind_it() -> None:
    assert list_schedule([5.0, 1.0, 1.0], 0.0, cores=2, width=2) == pytest.approx(6.0)
    assert list_schedule([5.0, 1.0, 1.0], 0.0, cores=2, width=3) == pytest.approx(5.0)


@given(SERVICES, st.integers(1, 4), st.integers(1, 20))
def test_no_schedule_undercuts_the_relaxed_bound(
    services: list[float], cores: int, width: int
) -> None:
    least = relaxed(services, 0.2, cores)
    assert list_schedule(services, 0.2, cores, width) >= least - 1e-9
