from random import Random

import pytest

from agents.calibration import ECE_FROM, Pair
from agents.selection.calibration.assessment import assess, brier_gain

RNG = Random(0)
PAIRS = [Pair(RNG.random(), RNG.random() < 0.5) for _ in range(ECE_FROM)]
ISSUES = [str(n) for n in range(ECE_FROM)]


def test_an_interval_is_that_of_the_textbook() -> None:
    between = assess(PAIRS, ISSUES).intervals["brier"]
    errors = [(p.value - p.came_true) ** 2 for p in PAIRS]
    mean = sum(errors) / ECE_FROM
    half = 1.96 * (sum((e - mean) ** 2 for e in errors) / ECE_FROM**2) ** 0.5
    assert between.value == pytest.approx(mean)
    assert (between.low, between.high) == pytest.approx((mean - half, mean + half), abs=half / 8)


def test_verdicts_on_one_issue_are_drawn_together() -> None:
    once, again = assess(PAIRS, ISSUES), assess(PAIRS * 3, ISSUES * 3)
    assert again.figures.n == 3 * once.figures.n
    for name, between in once.intervals.items():
        same = again.intervals[name]
        assert (same.low, same.high) == pytest.approx((between.low, between.high))


def test_every_figure_that_can_be_had_lies_in_its_interval() -> None:
    found = assess(PAIRS, ISSUES)
    assert set(found.intervals) == {"brier", "auc", "ece"}
    for name in ("brier", "auc"):
        between = found.intervals[name]
        assert between.low < getattr(found.figures, name) < between.high


def test_a_draw_with_one_outcome_alone_is_left_out_of_the_auc() -> None:
    found = assess([Pair(0.9, True), Pair(0.1, False)], ["a", "b"])
    assert (found.figures.auc, found.intervals["auc"].low) == (1.0, 1.0)
    assert "ece" not in found.intervals


def test_differences_are_paired() -> None:
    """Each choice is foretold a little better: so little that unpaired intervals overlap."""
    before, issues = PAIRS[:60], ISSUES[:60]
    after = [Pair(p.value + 0.01 * (p.came_true - p.value), p.came_true) for p in before]
    gain = brier_gain(before, after, issues)
    assert gain is not None
    assert 0 < gain.low < gain.value < gain.high
    first, second = (assess(pairs, issues).intervals["brier"] for pairs in (before, after))
    assert first.low < second.high


def test_there_is_no_gain_of_nothing() -> None:
    assert brier_gain([], [], []) is None
    assert assess([], []).intervals == {}


def test_every_pair_has_an_issue() -> None:
    with pytest.raises(ValueError, match="1 pairs, and issues for 0"):
        assess([Pair(0.5, True)], [])
