"""The figures as statistics of a draw: how often each verdict counts. Pure.

What does not change from draw to draw is computed once: the same as repeating each verdict as often as
it was drawn, and many times faster.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate, groupby
from operator import mul

from agents.calibration import BINS, Pair
from agents.selection.intervals import Draw, Figure

Statistic = Callable[[Sequence[int]], float | None]
"""Of how often each verdict was drawn; None where it cannot be had of these."""


def by_issue(issues: Sequence[str], statistic: Statistic) -> Figure:
    """The statistic as a figure of drawn issues: verdicts on one issue come and go together.
    `issues`: of each verdict; they are numbered in their order."""
    numbers = {issue: number for number, issue in enumerate(sorted(set(issues)))}
    number_of = [numbers[issue] for issue in issues]

    def figure(draw: Draw) -> float | None:
        drawn = Counter(draw)
        return statistic([drawn[number] for number in number_of])

    return figure


def weighted_brier(pairs: Sequence[Pair]) -> Statistic:
    """Mean squared distance; None for no pair."""
    errors = [(pair.value - pair.came_true) ** 2 for pair in pairs]

    def of(weights: Sequence[int]) -> float | None:
        n = sum(weights)
        return sum(map(mul, weights, errors)) / n if n else None

    return of


def weighted_auc(pairs: Sequence[Pair]) -> Statistic:
    """None where all or none came true: a draw may hold one outcome alone."""
    ordered = sorted(range(len(pairs)), key=lambda place: pairs[place].value)
    true = [place for place in ordered if pairs[place].came_true]
    false = [place for place in ordered if not pairs[place].came_true]
    values = [pairs[place].value for place in false]
    below = [bisect_left(values, pairs[place].value) for place in true]
    up_to = [bisect_right(values, pairs[place].value) for place in true]

    def of(weights: Sequence[int]) -> float | None:
        heavy = [weights[place] for place in true]
        beaten = [0, *accumulate(weights[place] for place in false)]
        won = sum(map(mul, heavy, map(beaten.__getitem__, below)))
        won += sum(map(mul, heavy, map(beaten.__getitem__, up_to)))
        comparisons = sum(heavy) * beaten[-1]
        return won / 2 / comparisons if comparisons else None

    return of


def weighted_ece(pairs: Sequence[Pair]) -> Statistic:
    """By the bins of `figures.reliability`; None for no pair."""
    edges = [edge / BINS for edge in range(1, BINS)]
    ordered = sorted(range(len(pairs)), key=lambda place: pairs[place].value)
    bins = [
        list(group)
        for _, group in groupby(ordered, key=lambda place: bisect_right(edges, pairs[place].value))
    ]
    off = [pair.value - pair.came_true for pair in pairs]

    def of(weights: Sequence[int]) -> float | None:
        n = sum(weights)
        parts = (sum(weights[place] * off[place] for place in held) for held in bins)
        return sum(map(abs, parts)) / n if n else None

    return of
