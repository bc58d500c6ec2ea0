from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.selection.calibration.isotonic import Point, isotonic

POINTS = st.lists(
    st.builds(
        Point,
        x=st.integers(0, 6).map(float),
        y=st.integers(0, 4).map(float),
        weight=st.integers(1, 3).map(float),
    ),
    min_size=1,
    max_size=7,
)


def brute_force(points: list[Point]) -> dict[float, float]:
    """The best of all ways to cut the places into blocks of one mean each that never fall."""
    places = sorted({point.x for point in points})
    best: tuple[float, dict[float, float]] = (float("inf"), {})
    for cuts in range(2 ** (len(places) - 1)):
        fitted = blocks(points, places, cuts)
        loss = sum(p.weight * (p.y - fitted[p.x]) ** 2 for p in points)
        rises = all(fitted[a] <= fitted[b] + 1e-12 for a, b in pairwise(places))
        best = min(best, (loss, fitted) if rises else best, key=lambda found: found[0])
    return best[1]


def blocks(points: list[Point], places: list[float], cuts: int) -> dict[float, float]:
    """Bit n of `cuts`: a block ends after the n-th place."""
    groups: list[list[float]] = [[]]
    for number, place in enumerate(places):
        groups[-1].append(place)
        if cuts >> number & 1:
            groups.append([])
    fitted: dict[float, float] = {}
    for group in groups:
        inside = [p for p in points if p.x in group]
        weight = sum(p.weight for p in inside)
        fitted |= {x: sum(p.y * p.weight for p in inside) / weight for x in group}
    return fitted


def at(knots: tuple[tuple[float, float], ...], x: float) -> float:
    """The value of the step that holds `x`."""
    return [y for place, y in knots if place <= x][-1]


@given(POINTS)
def test_it_is_the_best_of_all_rising_step_functions(points: list[Point]) -> None:
    knots, best = isotonic(points), brute_force(points)
    assert {x: at(knots, x) for x in best} == pytest.approx(best)


def test_the_brute_force_gets_somewhere() -> None:
    points = [Point(x=1, y=0), Point(x=2, y=3), Point(x=3, y=1), Point(x=4, y=5)]
    assert brute_force(points) == {1: 0, 2: 2, 3: 2, 4: 5}


def test_violators_are_pooled_by_hand() -> None:
    points = [Point(x=1, y=0), Point(x=2, y=3), Point(x=3, y=1), Point(x=4, y=5)]
    assert isotonic(points) == ((1, 0), (2, 2), (3, 2), (4, 5))


def test_a_heavier_point_draws_its_block_along() -> None:
    assert isotonic([Point(x=0, y=1, weight=3), Point(x=1, y=0)]) == ((0, 0.75), (1, 0.75))


def test_a_weight_is_as_good_as_as_many_points() -> None:
    one = [Point(x=0, y=1), Point(x=1, y=0, weight=2), Point(x=2, y=1)]
    many = [Point(x=0, y=1), Point(x=1, y=0), Point(x=1, y=0), Point(x=2, y=1)]
    assert isotonic(one) == isotonic(many)


def test_points_at_one_place_have_one_value() -> None:
    assert isotonic([Point(x=1, y=1), Point(x=1, y=0)]) == ((1, 0.5),)


def test_no_points_make_no_knots() -> None:
    assert isotonic([]) == ()


@given(POINTS, st.randoms(use_true_random=False))
def test_the_order_of_points_does_not_matter(points: list[Point], rng: Random) -> None:
    shuffled = points.copy()
    rng.shuffle(shuffled)
    assert isotonic(shuffled) == isotonic(points)
