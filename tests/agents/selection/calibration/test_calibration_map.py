from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.selection.calibration.calibration_map import CEILING, PRIOR, CalibrationMap
from agents.selection.calibration.logistic import Line

STEPS = CalibrationMap(
    name="steps", kind="isotonic", knots=((0.2, 0.1), (0.4, 0.1), (0.6, 0.7), (0.8, 0.9))
)
LEANING = CalibrationMap(name="line", kind="logistic", line=Line(slope=0.5, intercept=-1))
MAPS = [PRIOR, STEPS, LEANING, CalibrationMap(name="as it is")]


@pytest.mark.parametrize("chosen", MAPS, ids=lambda found: found.name)
@given(beliefs=st.lists(st.floats(0, 1), min_size=2))
def test_it_rises_and_stays_inside(chosen: CalibrationMap, beliefs: list[float]) -> None:
    said = [chosen.apply(belief) for belief in sorted(beliefs)]
    assert all(0 <= value <= 1 for value in said)
    assert all(a <= b + 1e-12 for a, b in pairwise(said))


@pytest.mark.parametrize(
    ("belief", "confidence"),
    [
        (0.0, 0.1),
        (0.2, 0.1),
        (0.3, 0.1),
        (0.5, 0.4),
        (0.6, 0.7),
        (0.7, 0.8),
        (0.8, 0.9),
        (1.0, 0.9),
    ],
)
def test_it_is_linear_between_knots_and_level_outside(belief: float, confidence: float) -> None:
    assert STEPS.apply(belief) == pytest.approx(confidence)


def test_one_knot_is_level_everywhere() -> None:
    level = CalibrationMap(name="level", kind="isotonic", knots=((0.5, 0.3),))
    assert [level.apply(belief) for belief in (0.0, 0.5, 1.0)] == [0.3] * 3


def test_the_identity_says_what_it_is_told() -> None:
    assert CalibrationMap(name="as it is").apply(0.37) == 0.37


def test_the_prior_draws_to_one_half_and_leaves_it_alone() -> None:
    assert PRIOR.apply(0.5) == pytest.approx(0.5)
    assert (PRIOR.apply(0.0), PRIOR.apply(1.0)) == pytest.approx((1 - CEILING, CEILING))
    assert PRIOR.apply(0.75) == pytest.approx(0.8 * 0.75 + 0.2 * 0.5)
    assert (PRIOR.name, PRIOR.n, PRIOR.foretold) == ("prior-1", 0, None)


@pytest.mark.parametrize(
    "broken",
    [
        {"knots": ((0.1, 0.5), (0.2, 0.4))},
        {"knots": ((0.2, 0.4), (0.2, 0.5))},
        {"knots": ((0.0, 0.0), (1.0, 1.1))},
        {"line": Line(slope=-0.1)},
    ],
)
def test_a_map_that_falls_or_leaves_the_range_cannot_be_made(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no rising map"):
        CalibrationMap(name="broken", **broken)  # type: ignore[arg-type]


def test_a_map_for_beliefs_of_other_priors_gives_way_to_the_prior() -> None:
    fitted = CalibrationMap(name="fitted", beliefs="beliefs-1")
    assert fitted.fitting("beliefs-1") is fitted
    assert fitted.fitting("beliefs-2") is PRIOR
    assert STEPS.fitting("beliefs-2") is STEPS
