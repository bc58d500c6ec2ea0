"""Platt scaling: a line on the log-odds of the belief. Pure.

    logit(confidence) = slope · logit(belief) + intercept

The targets are Platt's smoothed ones, (P + 1) / (P + 2) for the P that were right and 1 / (N + 2)
for the N that were not (Platt 1999, Probabilistic Outputs for Support Vector Machines, sect. 2.2).
Slope and intercept have a Gaussian prior around 1 and 0, which leave the belief as it is. With it the
loss is strictly convex, so that Newton's method finds its one minimum, for separable data as well.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SLOPE_SPREAD = 0.5
"""Standard deviation of the prior around 1. Stated: beliefs are taken to be off by less than a factor
of two in their log-odds, until data say otherwise."""
INTERCEPT_SPREAD = 1.0
"""Around 0. Stated: one unit takes a belief of 0.5 to 0.73."""
CLIP = 1e-4
"""Beliefs are kept this far from 0 and 1: no finite evidence has infinite log-odds."""

_STEPS = 100
_SMALL = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """On log-odds. `slope` is never below 0: a higher belief is no reason for less confidence."""

    slope: float = 1.0
    intercept: float = 0.0

    def apply(self, belief: float) -> float:
        """The confidence, in (0, 1)."""
        return expit(self.slope * logit(belief) + self.intercept)


UNCHANGED = Line()
"""The identity, but for the clip."""


def logistic(points: Sequence[tuple[float, bool]]) -> Line:
    """The most probable line for (belief, right); without points, the one that changes nothing."""
    right = sum(came_true for _, came_true in points)
    high, low = (right + 1) / (right + 2), 1 / (len(points) - right + 2)
    data = [(logit(belief), high if came_true else low) for belief, came_true in points]
    found = _minimum(data)
    if found.slope >= 0:
        return found
    # The loss is convex, so the best line that does not fall is level: the belief has no say in it.
    return Line(slope=0.0, intercept=_minimum([(0.0, target) for _, target in data]).intercept)


def logit(belief: float) -> float:
    """Log-odds of a belief in [0, 1], clipped."""
    kept = min(max(belief, CLIP), 1 - CLIP)
    return math.log(kept / (1 - kept))


def expit(x: float) -> float:
    """The reverse of `logit`, without its clip."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


def _minimum(data: Sequence[tuple[float, float]]) -> Line:
    """Newton's steps, halved while they do not lower the loss."""
    line = Line()
    for _ in range(_STEPS):
        down, across = _newton_step(line, data)
        size = 1.0
        tried = _moved(line, down, across)
        while _loss(tried, data) > _loss(line, data) and size > _SMALL:
            size /= 2
            tried = _moved(line, size * down, size * across)
        if max(abs(down), abs(across)) < _SMALL or size <= _SMALL:
            break
        line = tried
    return line


def _moved(line: Line, slope: float, intercept: float) -> Line:
    return Line(slope=line.slope + slope, intercept=line.intercept + intercept)


def _loss(line: Line, data: Sequence[tuple[float, float]]) -> float:
    """Cross-entropy with the targets, and what the prior adds."""
    total = ((line.slope - 1) / SLOPE_SPREAD) ** 2 / 2 + (
        line.intercept / INTERCEPT_SPREAD
    ) ** 2 / 2
    for x, target in data:
        z = line.slope * x + line.intercept
        total += max(z, 0.0) + math.log1p(math.exp(-abs(z))) - target * z
    return total


def _newton_step(line: Line, data: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Minus the inverse of the Hessian, times the gradient."""
    by_slope = (line.slope - 1) / SLOPE_SPREAD**2
    by_intercept = line.intercept / INTERCEPT_SPREAD**2
    twice_slope, twice_intercept, mixed = 1 / SLOPE_SPREAD**2, 1 / INTERCEPT_SPREAD**2, 0.0
    for x, target in data:
        p = expit(line.slope * x + line.intercept)
        bend = p * (1 - p)
        by_slope += (p - target) * x
        by_intercept += p - target
        twice_slope += bend * x * x
        twice_intercept += bend
        mixed += bend * x
    determinant = twice_slope * twice_intercept - mixed * mixed
    return (
        -(twice_intercept * by_slope - mixed * by_intercept) / determinant,
        -(twice_slope * by_intercept - mixed * by_slope) / determinant,
    )
