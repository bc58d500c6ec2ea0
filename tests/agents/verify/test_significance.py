"""Against numbers worked by hand, and against every order counted out."""

from itertools import combinations
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.verify.significance import interval, p_value, speed_up

small = st.lists(st.integers(1, 6).map(float), min_size=1, max_size=5)
"""Few values, so that ties are frequent."""


def counted_out(base: list[float], state: list[float]) -> float:
    """Every way to deal the times out; midranks by counting what is below and what is equal."""
    times = [*base, *state]
    ranks = [
        sum(other < time for other in times) + (sum(other == time for other in times) + 1) / 2
        for time in times
    ]
    observed = sum(ranks[len(base) :])
    deals = [sum(ranks[i] for i in deal) for deal in combinations(range(len(times)), len(state))]
    return sum(total <= observed + 1e-9 for total in deals) / len(deals)


def test_the_speed_up_is_median_over_median() -> None:
    assert speed_up([4.0, 100.0, 6.0], [2.0, 1.0, 3.0]) == pytest.approx(3.0)


def test_three_against_three_all_faster_is_one_order_in_twenty() -> None:
    assert p_value([4.0, 5.0, 6.0], [1.0, 2.0, 3.0]) == pytest.approx(1 / 20)


def test_one_pair_out_of_order_is_two_orders_in_twenty() -> None:
    assert p_value([3.0, 5.0, 6.0], [1.0, 2.0, 4.0]) == pytest.approx(2 / 20)


def test_all_slower_is_no_evidence_at_all() -> None:
    assert p_value([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]) == 1.0


def test_equal_times_say_nothing() -> None:
    assert p_value([1.0] * 8, [1.0] * 8) == 1.0


@given(small, small)
def test_the_p_value_is_what_counting_every_order_gives(
    base: list[float], state: list[float]
) -> None:
    assert p_value(base, state) == pytest.approx(counted_out(base, state))


def test_of_five_against_five_two_ratios_are_cut_off_at_each_end() -> None:
    """252 orders: 1 with U = 0, 1 with 1, 2 with 2, 3 with 3. 4 of 252 are below 2.5 %, 7 above."""
    base, state = [10.0, 20.0, 30.0, 40.0, 50.0], [1.0, 1.0, 1.0, 1.0, 1.0]
    ratios = sorted(b / s for b in base for s in state)
    assert interval(base, state, 0.05) == (ratios[2], ratios[-3])


def test_three_runs_of_each_are_too_few_for_an_interval() -> None:
    assert interval([1.0] * 3, [1.0] * 3, 0.05) == (0.0, inf)


@given(small, small)
def test_the_lower_bound_is_above_one_only_where_the_test_rejects(
    base: list[float], state: list[float]
) -> None:
    low, high = interval(base, state, 0.2)
    assert low <= high
    assert low <= 1.0 or p_value(base, state) <= 0.1


def test_there_are_lower_bounds_above_one() -> None:
    assert interval([5.0, 6.0, 7.0, 8.0], [1.0, 2.0, 3.0, 4.0], 0.05)[0] == 1.25
