import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.selection.calibration.logistic import (
    INTERCEPT_SPREAD,
    SLOPE_SPREAD,
    UNCHANGED,
    Line,
    expit,
    logistic,
    logit,
)

POINTS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30)


def drawn(n: int, line: Line, seed: int = 0) -> list[tuple[float, bool]]:
    """Beliefs, each right as often as the line says."""
    rng = Random(seed)
    beliefs = [rng.random() for _ in range(n)]
    return [(belief, rng.random() < line.apply(belief)) for belief in beliefs]


@pytest.mark.parametrize(
    "line",
    [Line(slope=0.5, intercept=-0.7), Line(slope=1.6, intercept=0.9), UNCHANGED],
)
def test_known_coefficients_are_recovered(line: Line) -> None:
    found = logistic(drawn(20_000, line))
    assert found.slope == pytest.approx(line.slope, abs=0.06)
    assert found.intercept == pytest.approx(line.intercept, abs=0.06)


def test_nothing_known_changes_nothing() -> None:
    assert logistic([]) == Line(slope=1, intercept=0)


def test_few_labels_move_little_and_many_move_far() -> None:
    wrong = [(0.8, False)]
    few, many = logistic(wrong * 2).apply(0.8), logistic(wrong * 200).apply(0.8)
    assert 0.8 > few > 0.4
    assert many < 0.1


def test_separable_labels_have_a_finite_line() -> None:
    found = logistic([(0.9, True)] * 50 + [(0.1, False)] * 50)
    assert 1 < found.slope < 5
    assert found.intercept == pytest.approx(0, abs=1e-6)


def test_labels_that_fall_with_belief_make_a_level_line() -> None:
    found = logistic([(0.9, False)] * 60 + [(0.1, True)] * 30)
    assert found.slope == 0
    assert found.apply(0.1) == found.apply(0.9) == pytest.approx(1 / 3, abs=0.05)


def slope_of_loss(line: Line, points: list[tuple[float, bool]]) -> tuple[float, float]:
    """The gradient of the loss, from its definition."""
    right = sum(came for _, came in points)
    high, low = (right + 1) / (right + 2), 1 / (len(points) - right + 2)
    off = [(line.apply(b) - (high if came else low), logit(b)) for b, came in points]
    return (
        sum(d * x for d, x in off) + (line.slope - 1) / SLOPE_SPREAD**2,
        sum(d for d, _ in off) + line.intercept / INTERCEPT_SPREAD**2,
    )


@given(POINTS)
def test_the_loss_is_flat_where_it_ends_or_would_have_the_line_fall(
    points: list[tuple[float, bool]],
) -> None:
    found = logistic(points)
    by_slope, by_intercept = slope_of_loss(found, points)
    assert found.slope >= 0
    assert by_slope == pytest.approx(0, abs=1e-4) or (found.slope == 0 and by_slope > 0)
    assert by_intercept == pytest.approx(0, abs=1e-4)


@given(st.lists(st.floats(0, 1), min_size=2), POINTS)
def test_a_line_rises_and_stays_inside(
    beliefs: list[float], points: list[tuple[float, bool]]
) -> None:
    line = logistic(points)
    said = [line.apply(belief) for belief in sorted(beliefs)]
    assert all(0 < value < 1 for value in said)
    assert all(a <= b + 1e-12 for a, b in pairwise(said))


@given(st.floats(0.001, 0.999))
def test_expit_undoes_logit(belief: float) -> None:
    assert expit(logit(belief)) == pytest.approx(belief)


def test_certainty_is_clipped() -> None:
    assert (logit(1.0), logit(0.0)) == pytest.approx((math.log(9999), -math.log(9999)))
    assert expit(-800) == 0.0
