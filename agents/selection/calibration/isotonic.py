"""Isotonic regression: the rising step function nearest to the points. Pure.

Pool adjacent violators: go from left to right, and wherever a block's mean lies below that of the
block before it, make one block of both. The result minimises Σ weight · (y - fitted)² among all
functions that never fall (Barlow, Bartholomew, Bremner and Brunk 1972, Statistical Inference under
Order Restrictions, ch. 1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

Knot = tuple[float, float]
"""(x, y)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """`weight` above 0."""

    x: float
    y: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class _Block:
    """Everything from x = `low` to x = `high` has the one mean."""

    low: float
    high: float
    mean: float
    weight: float

    def joined(self, right: "_Block") -> "_Block":
        weight = self.weight + right.weight
        mean = (self.mean * self.weight + right.mean * right.weight) / weight
        return _Block(self.low, right.high, mean, weight)


def isotonic(points: Iterable[Point]) -> tuple[Knot, ...]:
    """The ends of each block by rising x, for linear interpolation between them. At the x of a
    point it gives the fitted value; no points, no knots."""
    blocks: list[_Block] = []
    for block in _by_place(points):
        blocks.append(block)
        while len(blocks) > 1 and blocks[-2].mean >= blocks[-1].mean:
            last = blocks.pop()
            blocks[-1] = blocks[-1].joined(last)
    return tuple(
        (x, block.mean) for block in blocks for x in dict.fromkeys((block.low, block.high))
    )


def _by_place(points: Iterable[Point]) -> Iterable[_Block]:
    """Points with one x are one point: a function has one value there."""
    ordered = sorted(points, key=lambda point: (point.x, point.y, point.weight))
    for x, group in groupby(ordered, key=lambda point: point.x):
        found = list(group)
        weight = sum(point.weight for point in found)
        yield _Block(x, x, sum(p.y * p.weight for p in found) / weight, weight)
