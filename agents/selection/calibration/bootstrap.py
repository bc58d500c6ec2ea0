"""Percentile intervals, by drawing issues with replacement. Pure.

Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 13. Issues are drawn, not verdicts:
verdicts on one issue come and go together. All statistics see the same draws, so that differences
between two of them are paired.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

DRAWS = 1000
LEVEL = 0.95
SEED = 0

Statistic = Callable[[Sequence[int]], float | None]
"""Of how often each verdict was drawn; None where it cannot be had of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Of `LEVEL`."""

    low: float
    high: float


def intervals(issues: Sequence[str], statistics: Mapping[str, Statistic]) -> dict[str, Interval]:
    """`issues`: of each verdict. A statistic that can be had of no draw has no interval."""
    found: dict[str, list[float]] = {name: [] for name in statistics}
    rng = Random(SEED)  # noqa: S311 - no secret
    names = sorted(set(issues))
    for _ in range(DRAWS if names else 0):
        drawn = Counter(rng.choices(names, k=len(names)))
        weights = [drawn[issue] for issue in issues]
        for name, statistic in statistics.items():
            value = statistic(weights)
            if value is not None:
                found[name].append(value)
    return {name: _middle(sorted(values)) for name, values in found.items() if values}


def _middle(ordered: Sequence[float]) -> Interval:
    tail = (1 - LEVEL) / 2
    return Interval(low=_quantile(ordered, tail), high=_quantile(ordered, 1 - tail))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The value with `share` of the others below it; between two of them, on a line."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
