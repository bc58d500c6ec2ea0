import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.selection.calibration.calibration_map import CalibrationMap
from agents.selection.calibration.fit import FEWEST, ISOTONIC_FROM, fit, simplest
from agents.selection.calibration.labelled_belief import LabelledBelief
from agents.selection.calibration.logistic import Line
from tests.agents.selection.calibration.samples import SAMPLES, simulated

HUMBLE = Line(slope=0.4, intercept=-1.0)


def steps(belief: float) -> float:
    """No logistic line comes near it."""
    return 0.1 if belief < 0.3 else 0.55 if belief < 0.95 else 0.98


def curve(chosen: CalibrationMap) -> list[float]:
    return [chosen.apply(place / 20) for place in range(21)]


@settings(max_examples=20, deadline=None)
@given(SAMPLES)
def test_what_is_fitted_rises_and_stays_inside(samples: list[LabelledBelief]) -> None:
    said = curve(fit([*samples, *simulated(2, lambda _: 0.5)], fewest=2))
    assert all(0 <= value <= 1 for value in said)
    assert all(a <= b for a, b in pairwise(said))


@settings(max_examples=20, deadline=None)
@given(SAMPLES, st.randoms(use_true_random=False))
def test_the_order_of_labels_does_not_matter(samples: list[LabelledBelief], rng: Random) -> None:
    known = [*samples, *simulated(2, lambda _: 0.5)]
    shuffled = known.copy()
    rng.shuffle(shuffled)
    assert fit(shuffled, fewest=2) == fit(known, fewest=2)


@pytest.mark.parametrize("n", [100, ISOTONIC_FROM])
def test_beliefs_that_mean_what_they_say_are_left_as_they_are(n: int) -> None:
    found = fit(simulated(n, lambda belief: belief))
    assert found.kind == "identity"
    assert found.foretold is not None
    assert found.foretold.gain is not None
    assert found.foretold.gain.value == 0


def test_what_was_calibrated_is_near_the_identity_when_it_is_fitted_again() -> None:
    first = fit(simulated(400, HUMBLE.apply))
    again = [
        LabelledBelief(issue=s.issue, repo=s.repo, belief=first.apply(s.belief), right=s.right)
        for s in simulated(400, HUMBLE.apply, seed=1)
    ]
    second = fit(again)
    assert first.kind == "logistic"
    assert all(abs(second.apply(s.belief) - s.belief) < 0.1 for s in again)


def test_boastful_beliefs_get_a_line_and_do_better_where_it_was_not_fitted() -> None:
    found = fit(simulated(400, HUMBLE.apply))
    assert found.kind == "logistic"
    assert found.line.slope == pytest.approx(HUMBLE.slope, abs=0.15)
    assert found.line.intercept == pytest.approx(HUMBLE.intercept, abs=0.3)
    assert found.foretold is not None
    assert found.foretold.gain is not None
    assert found.foretold.gain.low > 0
    assert found.foretold.losses["logistic"] < found.foretold.losses["identity"]
    assert found.foretold.before.figures.n == found.foretold.after.figures.n == found.n == 400
    assert (found.foretold.folds, found.foretold.grouped_by) == (5, "repository")


def test_an_isotonic_map_is_considered_once_there_are_enough() -> None:
    few, many = fit(simulated(ISOTONIC_FROM - 1, steps)), fit(simulated(ISOTONIC_FROM, steps))
    assert few.foretold is not None
    assert many.foretold is not None
    assert set(few.foretold.losses) == {"identity", "logistic"}
    assert many.kind == "isotonic"
    assert many.apply(0.1) == pytest.approx(0.1, abs=0.07)
    assert many.apply(0.6) == pytest.approx(0.55, abs=0.08)


def test_no_number_of_labels_makes_it_certain() -> None:
    found = fit(simulated(ISOTONIC_FROM, lambda belief: float(belief > 0.5)))
    assert found.kind == "isotonic"
    assert 0 < found.apply(0.0) < 0.01
    assert 0.99 < found.apply(1.0) < 1


def test_more_of_the_same_narrows_the_intervals() -> None:
    widths = []
    for n in (40, 160, 640):
        foretold = fit(simulated(n, HUMBLE.apply)).foretold
        assert foretold is not None
        widths.append([foretold.after.intervals[name] for name in ("brier", "auc")])
    for small, large in pairwise(widths):
        assert all(b.high - b.low < a.high - a.low for a, b in zip(small, large, strict=True))


def test_the_simpler_kind_is_taken_within_one_standard_error() -> None:
    noise = [0.1, -0.1] * 50
    close = {"identity": [0.5 + e for e in noise], "logistic": [0.499] * 100}
    clear = {"identity": [0.6 + e for e in noise], "logistic": [0.5] * 100}
    assert simplest(close) == "identity"  # type: ignore[arg-type]
    assert simplest(clear) == "logistic"  # type: ignore[arg-type]


def test_a_held_out_repository_teaches_nothing_about_itself() -> None:
    """In each repository all beliefs are 0.5 and one outcome alone comes: a map that saw it would
    foretell it, one that saw the others alone foretells the other outcome."""
    samples = [
        LabelledBelief(issue=f"{repo}{n}", repo=repo, belief=0.5, right=repo == "a")
        for repo in "ab"
        for n in range(50)
    ]
    found = fit(samples).foretold
    assert found is not None
    assert found.losses["logistic"] > math.log(2)


def test_the_name_follows_the_labels() -> None:
    samples = simulated(100, HUMBLE.apply)
    one, other = fit(samples), fit(samples[1:])
    assert one.name == f"{one.kind}-100-{one.digest[:8]}"
    assert one.digest != other.digest
    assert fit(samples, beliefs="beliefs-1").beliefs == "beliefs-1"


def test_too_few_labels_are_refused() -> None:
    with pytest.raises(ValueError, match=f"{FEWEST} labelled choices or more"):
        fit(simulated(FEWEST - 1, lambda _: 0.5))
    fit(simulated(FEWEST, lambda _: 0.5))


def test_labels_of_one_issue_are_refused() -> None:
    one = LabelledBelief(issue="i", repo="r", belief=0.5, right=True)
    with pytest.raises(ValueError, match="on 1 issues"):
        fit([one] * FEWEST)
