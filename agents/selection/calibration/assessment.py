"""The figures of beliefs or confidences, with intervals. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.selection.calibration.bootstrap import Interval, intervals
from agents.selection.calibration.figures import Calibration, Pair, brier, calibration
from agents.selection.calibration.weighted import weighted_auc, weighted_brier, weighted_ece


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """`intervals`: by the names of figures; one that cannot be had has none."""

    figures: Calibration
    intervals: Mapping[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """Of a Brier score; above 0 is better than before."""

    value: float
    interval: Interval


def assess(pairs: Sequence[Pair], issues: Sequence[str]) -> Assessment:
    """`issues` says which issue each pair is of. Raises: ValueError where the lengths differ."""
    figures = calibration(pairs)
    if len(issues) != len(pairs):
        raise ValueError(f"{len(pairs)} pairs, and issues for {len(issues)}")
    wanted = {"brier": weighted_brier, "auc": weighted_auc, "ece": weighted_ece}
    had = {name: of(pairs) for name, of in wanted.items() if name not in figures.missing}
    return Assessment(figures=figures, intervals=intervals(issues, had))


def brier_gain(before: Sequence[Pair], after: Sequence[Pair], issues: Sequence[str]) -> Gain | None:
    """How much lower `after` is than `before` of the same choices; None: there are none."""
    if not issues:
        return None
    was, became = weighted_brier(before), weighted_brier(after)

    def gained(weights: Sequence[int]) -> float | None:
        old, new = was(weights), became(weights)
        return None if old is None or new is None else old - new

    found = intervals(issues, {"gain": gained})
    return Gain(value=brier(before) - brier(after), interval=found["gain"])
