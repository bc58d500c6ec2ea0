from collections.abc import Sequence
from dataclasses import asdict
from random import Random

import pytest

from agents.selection.calibration.assessment import assess, brier_gain
from agents.selection.calibration.bootstrap import Interval, Statistic, intervals
from agents.selection.calibration.figures import ECE_FROM, Pair

RNG = Random(0)
VALUES = [RNG.gauss(0, 1) for _ in range(400)]
ISSUES = [f"i{n}" for n in range(400)]


def mean(weights: Sequence[int]) -> float:
    return sum(w * VALUES[n % 400] for n, w in enumerate(weights)) / sum(weights)


def interval(issues: Sequence[str], statistic: Statistic = mean) -> Interval:
    return intervals(issues, {"it": statistic})["it"]


def test_an_interval_of_a_mean_is_that_of_the_textbook() -> None:
    found = interval(ISSUES)
    middle = sum(VALUES) / 400
    spread = (sum((value - middle) ** 2 for value in VALUES) / 400) ** 0.5
    assert found.low == pytest.approx(middle - 1.96 * spread / 20, abs=0.01)
    assert found.high == pytest.approx(middle + 1.96 * spread / 20, abs=0.01)


def test_the_same_labels_have_the_same_interval() -> None:
    assert interval(ISSUES) == interval(ISSUES)


def test_verdicts_on_one_issue_are_drawn_together() -> None:
    assert asdict(interval(ISSUES)) == pytest.approx(asdict(interval(ISSUES * 9)))


def test_more_issues_narrow_the_interval() -> None:
    few, many = interval(ISSUES[:100]), interval(ISSUES)
    assert many.high - many.low < (few.high - few.low) * 0.7


def test_a_figure_that_no_draw_has_has_no_interval() -> None:
    assert intervals(ISSUES, {"it": lambda _: None}) == {}
    assert intervals([], {"it": mean}) == {}


def test_a_draw_with_one_outcome_alone_is_left_out_of_the_auc() -> None:
    pairs = [Pair(0.9, True), Pair(0.1, False)]
    found = assess(pairs, ["a", "b"])
    assert (found.figures.auc, found.intervals["auc"].low) == (1.0, 1.0)
    assert "ece" not in found.intervals


def test_the_figure_lies_in_its_interval() -> None:
    pairs = [Pair(RNG.random(), RNG.random() < 0.5) for _ in range(ECE_FROM)]
    found = assess(pairs, [str(n) for n in range(ECE_FROM)])
    assert set(found.intervals) == {"brier", "auc", "ece"}
    for name in ("brier", "auc"):
        between = found.intervals[name]
        assert between.low < getattr(found.figures, name) < between.high


def test_differences_are_paired() -> None:
    """Each choice is foretold a little better: so little that unpaired intervals overlap."""
    before = [Pair(RNG.random(), RNG.random() < 0.5) for _ in range(60)]
    after = [Pair(p.value + 0.01 * (p.came_true - p.value), p.came_true) for p in before]
    issues = [str(n) for n in range(60)]
    gain = brier_gain(before, after, issues)
    assert gain is not None
    assert gain.interval.low > 0
    assert (
        assess(before, issues).intervals["brier"].low
        < assess(after, issues).intervals["brier"].high
    )


def test_there_is_no_gain_of_nothing() -> None:
    assert brier_gain([], [], []) is None
    assert assess([], []).intervals == {}


def test_every_pair_has_an_issue() -> None:
    with pytest.raises(ValueError, match="1 pairs, and issues for 0"):
        assess([Pair(0.5, True)], [])
