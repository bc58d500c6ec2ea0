"""The figures of beliefs or confidences, with intervals. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.calibration import Calibration, Pair, calibration
from agents.selection.calibration.weighted import (
    by_issue,
    weighted_auc,
    weighted_brier,
    weighted_ece,
)
from agents.selection.intervals import Interval, draws, interval

SEED = 0
"""Of the draws: figures of the same verdicts are of the same draws, and so are their differences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """`intervals`: by the names of figures; one that cannot be had has none."""

    figures: Calibration
    intervals: Mapping[str, Interval] = field(default_factory=dict)


def assess(pairs: Sequence[Pair], issues: Sequence[str]) -> Assessment:
    """`issues` says which issue each pair is of. Raises: ValueError where the lengths differ."""
    figures = calibration(pairs)
    if len(issues) != len(pairs):
        raise ValueError(f"{len(pairs)} pairs, and issues for {len(issues)}")
    n = len(set(issues))
    drawn = draws(n, SEED)
    wanted = {"brier": weighted_brier, "auc": weighted_auc, "ece": weighted_ece}
    found = {
        name: interval(by_issue(issues, of(pairs)), n, drawn)
        for name, of in wanted.items()
        if name not in figures.missing
    }
    kept = {name: between for name, between in found.items() if between is not None}
    return Assessment(figures=figures, intervals=kept)


def brier_gain(
    before: Sequence[Pair], after: Sequence[Pair], issues: Sequence[str]
) -> Interval | None:
    """How much lower the Brier score is `after` than `before`, of the same choices; None: there are
    none."""
    was, became = weighted_brier(before), weighted_brier(after)

    def gained(weights: Sequence[int]) -> float | None:
        old, new = was(weights), became(weights)
        return None if old is None or new is None else old - new

    n = len(set(issues))
    return interval(by_issue(issues, gained), n, draws(n, SEED))
