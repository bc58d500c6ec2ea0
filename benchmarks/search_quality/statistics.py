"""What is said of shares and differences. Pure: randomness is a seed, nothing is read or written.

Runs are grouped by task: two seeds on one task are no two tasks, so whole tasks are resampled
(the cluster bootstrap: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8).
"""

import math
from collections.abc import Mapping, Sequence
from random import Random
from statistics import fmean

RESAMPLES = 10_000
Z_95 = 1.959964


def wilson(successes: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Bounds, in [0, 1], of a share of `n` (Wilson 1927, formula 1). Nothing measured: (0, 1)."""
    if n == 0:
        return 0.0, 1.0
    share, spread = successes / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def bootstrap(
    differences: Mapping[str, Sequence[float]], seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """The 95 % percentile interval of the mean difference.

    `differences`: task → one difference for each seed, at least one. Raises: ValueError without a
    task.
    """
    if not differences:
        raise ValueError("no task was measured in both configurations")
    means = [fmean(differences[task]) for task in sorted(differences)]
    draw, n = Random(seed), len(means)
    found = sorted(fmean(draw.choices(means, k=n)) for _ in range(resamples))
    return found[int(0.025 * resamples)], found[math.ceil(0.975 * resamples) - 1]


def quantile(values: Sequence[float], share: float) -> float:
    """Between its two neighbours in proportion; `values` need not be sorted, and are not empty."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


def curve(costs: Sequence[float | None], grid: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """(k, share of runs resolved for k tokens or fewer). `costs`: a run's tokens up to the trial
    that resolved it; None where none did."""
    n = len(costs) or 1
    return tuple((k, sum(cost is not None and cost <= k for cost in costs) / n) for k in grid)
