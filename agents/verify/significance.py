"""Whether one set of timings is smaller than another, and by what factor. Pure.

The test is Mann and Whitney's, exact and with ties; the interval is the one that goes with it
(Hollander, Wolfe and Chicken 2014, "Nonparametric Statistical Methods", 4.2 and 4.3, on the
logarithms of the times). Neither supposes a distribution, and one outlier moves neither far.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import comb, inf
from statistics import median


def speed_up(base: Sequence[float], state: Sequence[float]) -> float:
    """Median over median: 2.0 is twice as fast. All times in seconds, above 0."""
    return median(base) / median(state)


def p_value(base: Sequence[float], state: Sequence[float]) -> float:
    """One-sided p of "the state takes less time than the base", in (0, 1].

    The share of all ways to deal the same times out to both sides in which the state's side would
    have a rank sum as small as it has. Tied times share the mean of their ranks.
    """
    ranks = _double_ranks([*base, *state])
    observed = sum(ranks[len(base) :])
    ways = _rank_sums(tuple(sorted(ranks)), len(state))
    return sum(count for total, count in ways.items() if total <= observed) / sum(ways.values())


def interval(base: Sequence[float], state: Sequence[float], alpha: float) -> tuple[float, float]:
    """Bounds of the speed-up at confidence 1 - `alpha`: from 0 or to infinity where the runs are
    too few for any.

    All ratios of a base's and a state's time, sorted; from each end as many are cut off as the
    test allows at alpha / 2.
    """
    ratios = sorted(b / s for b in base for s in state)
    cut = _cut(len(base), len(state), alpha / 2)
    if cut == 0:
        return 0.0, inf
    return ratios[cut - 1], ratios[-cut]


def _cut(first: int, second: int, alpha: float) -> int:
    """The largest k with P(U <= k - 1) <= alpha, U counting pairs in the wrong order."""
    below, cut = 0, 0
    for count in _pairs_out_of_order(first, second):
        below += count
        if below > alpha * comb(first + second, first):
            return cut
        cut += 1
    return cut


def _pairs_out_of_order(first: int, second: int) -> tuple[int, ...]:
    """How many orders of two samples without ties have 0, 1, 2, … pairs out of order."""
    ways = _rank_sums(tuple(range(2, 2 * (first + second) + 1, 2)), second)
    return tuple(ways[total] for total in sorted(ways))


def _double_ranks(times: Sequence[float]) -> list[int]:
    """Twice each time's rank from 1: the mean of tied ranks is a half at worst."""
    ordered = sorted(times)
    first = {time: place for place, time in reversed(list(enumerate(ordered, 1)))}
    last = {time: place for place, time in enumerate(ordered, 1)}
    return [first[time] + last[time] for time in times]


@lru_cache(maxsize=64)
def _rank_sums(ranks: tuple[int, ...], size: int) -> dict[int, int]:
    """Sum → how many subsets of that size have it. Without ties the same for all times."""
    by_size: list[dict[int, int]] = [{0: 1}, *({} for _ in range(size))]
    for rank in ranks:
        for chosen in range(size, 0, -1):
            for total, count in by_size[chosen - 1].items():
                by_size[chosen][total + rank] = by_size[chosen].get(total + rank, 0) + count
    return by_size[size]
