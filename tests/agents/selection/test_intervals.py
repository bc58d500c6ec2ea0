from random import Random
from statistics import fmean

import pytest

from agents.selection.intervals import Draw, Interval, draws, interval


def mean_of(values: list[float]) -> Interval:
    found = interval(
        lambda draw: fmean(values[i] for i in draw), len(values), draws(len(values), 1)
    )
    assert found is not None
    return found


def test_equal_issues_leave_no_doubt() -> None:
    assert mean_of([2.0] * 5) == Interval(value=2.0, low=2.0, high=2.0)


def test_the_interval_of_a_mean_is_as_wide_as_theory_says() -> None:
    random = Random(4)
    values = [random.gauss(0, 1) for _ in range(400)]
    found = mean_of(values)
    assert found.low < found.value < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 / 400**0.5, rel=0.12)


def test_the_same_seed_draws_the_same() -> None:
    assert draws(9, 3, 5) == draws(9, 3, 5) != draws(9, 4, 5)
    assert all(len(draw) == 9 and set(draw) <= set(range(9)) for draw in draws(9, 3, 5))


def test_without_an_issue_nothing_is_drawn() -> None:
    assert draws(0, 1) == []
    assert interval(lambda _: None, 0, []) is None


def test_draws_without_a_figure_are_left_out() -> None:
    def only_with_the_first(draw: Draw) -> float | None:
        return 1.0 if 0 in draw else None

    assert interval(only_with_the_first, 3, [[1, 2, 2], [0, 1, 2]]) == Interval(
        value=1.0, low=1.0, high=1.0
    )
    assert interval(only_with_the_first, 3, [[1, 2, 2]]) == Interval(value=1.0, low=1.0, high=1.0)
