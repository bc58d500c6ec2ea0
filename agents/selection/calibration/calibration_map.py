"""The map from a belief to a confidence, as data that is stored and named in verdicts. Pure."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from agents.selection.calibration.assessment import Assessment
from agents.selection.calibration.isotonic import Knot
from agents.selection.calibration.logistic import UNCHANGED, Line
from agents.selection.intervals import Interval

Kind = Literal["identity", "logistic", "isotonic", "stated"]
"""``stated``: not fitted, but set down with its reason."""

Grouping = Literal["repository", "issue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """How well a fitted map does on choices that it was not fitted on: cross-validated."""

    losses: Mapping[Kind, float]
    """Mean log loss, in nats, of each kind that was considered."""
    folds: int
    grouped_by: Grouping
    """What never lies on both sides of a fold. ``issue`` where there is but one repository."""
    before: Assessment
    """Of the beliefs."""
    after: Assessment
    """Of the confidences that the chosen kind gave, each by a map fitted without its fold."""
    gain: Interval | None
    """How much lower the Brier score is after than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationMap:
    """Raises: ValueError where it would not be a rising map into [0, 1]."""

    name: str
    """Names one map for good: verdicts store it."""
    kind: Kind = "identity"
    line: Line = UNCHANGED
    """Of ``logistic``."""
    knots: tuple[Knot, ...] = ()
    """Of ``isotonic`` and ``stated``: belief and confidence, both rising; between two, on a line."""
    beliefs: str = ""
    """Name of the priors behind the beliefs that it is for; empty: for any."""
    n: int = 0
    """Labels that it was fitted on."""
    digest: str = ""
    """Of those labels."""
    foretold: Foretold | None = None
    """None: it was not fitted."""

    def __post_init__(self) -> None:
        """Check that it rises."""
        rises = all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(self.knots))
        inside = all(0 <= value <= 1 for knot in self.knots for value in knot)
        if not (rises and inside and self.line.slope >= 0):
            raise ValueError(f"{self.name} is no rising map from [0, 1] into [0, 1]")

    def apply(self, belief: float) -> float:
        """The confidence, in [0, 1], for a belief in [0, 1]; a higher belief never gets a lower
        one."""
        kept = min(max(belief, 0.0), 1.0)
        if self.kind == "logistic":
            return self.line.apply(kept)
        return _between(self.knots, kept) if self.knots else kept

    def fitting(self, beliefs: str) -> "CalibrationMap":
        """Itself, or the prior where it was fitted on beliefs of other priors."""
        return self if self.beliefs in {"", beliefs} else PRIOR


def _between(knots: tuple[Knot, ...], x: float) -> float:
    """Linear between knots, level outside them."""
    place = bisect_right(knots, (x, 2.0))
    if place in {0, len(knots)}:
        return knots[max(place - 1, 0)][1]
    (left, low), (right, high) = knots[place - 1], knots[place]
    return low + (high - low) * (x - left) / (right - left)


CEILING = 0.9
"""Stated: what a belief of 1 is worth before there is a label. Of patches that pass all of an issue's
tests in SWE-bench Verified, 29.6 % behave unlike the developers' own, and of those 28.6 % are certainly
wrong; 7.8 % more fail tests that were not run (Wang, Pradel and Liu 2026, ICSE, abstract)."""

PRIOR = CalibrationMap(name="prior-1", kind="stated", knots=((0.0, 1 - CEILING), (1.0, CEILING)))
"""Before there is data: a mixture that takes the belief with a chance of 0.8, and otherwise one half.

Evidence may be about something else than what the issue asks: then it says nothing, and without labels
nothing better than one half is known of a choice (published systems resolve 51 to 59 % of the issues
of SWE-bench Verified by what they choose). One half stays one half, and the
order of two beliefs stays what it is. Beliefs that take evidence for independent lie too near 0 and 1
(Niculescu-Mizil and Caruana 2005, sect. 4): this pulls them back most where that does most harm.
"""
