"""Percentile intervals of figures over issues, by the paired bootstrap.

Whole issues are drawn with replacement and every figure is had from the same draws, so that figures
of two selectors are of the same issues (Efron and Tibshirani, An Introduction to the Bootstrap,
1993, chapter 13).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

RESAMPLES = 1000
COVERED = 0.95

Draw = Sequence[int]
"""Numbers of issues, as many as there are; some come twice."""

Figure = Callable[[Draw], float | None]
"""Of the issues drawn; None where it cannot be had of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure with its 95 % bounds."""

    value: float
    low: float
    high: float


def draws(n: int, seed: int, resamples: int = RESAMPLES) -> list[Draw]:
    """The same for the same arguments; none for no issue."""
    random, numbers = Random(seed), range(n)  # noqa: S311 - a seed that is known
    return [random.choices(numbers, k=n) for _ in range(resamples if n else 0)]


def interval(figure: Figure, n: int, drawn: Sequence[Draw]) -> Interval | None:
    """None where the figure of all issues cannot be had; draws of which it cannot are left out."""
    value = figure(range(n))
    if value is None:
        return None
    found = sorted(x for x in map(figure, drawn) if x is not None) or [value]
    tail = (1 - COVERED) / 2
    return Interval(
        value=value,
        low=found[math.floor(tail * len(found))],
        high=found[math.ceil((1 - tail) * len(found)) - 1],
    )
