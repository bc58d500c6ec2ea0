"""How well numbers in [0, 1] foretold what came to be. Pure.

    Brier score   mean of (value - came true)²                                  Brier 1950
    AUC           chance that one that came true was valued above one that did  Hanley & McNeil
                  not; ties count half. From ranks: (R - P(P+1)/2) / (P·N)      1982
    ECE           Σ over 10 equal bins of (n_bin / n) · |share - mean value|    Naeini et al. 2015

with P that came true, N that did not, and R the sum of the mid-ranks of the P.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

BINS = 10
ECE_FROM = 500
"""Fewer pairs than this leave bins so thin that the ECE says more about n than about the values."""

_EDGES = [edge / BINS for edge in range(1, BINS)]


@dataclass(frozen=True, slots=True)
class Pair:
    """What was foretold, in [0, 1], and whether it came true."""

    value: float
    came_true: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One row of a reliability table: values in [low, high), the last with 1."""

    low: float
    high: float
    n: int
    mean_value: float
    share: float
    """That came true; calibrated values have it equal to `mean_value`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Figures of one set of pairs. None: they cannot be had, and `missing` says why."""

    n: int
    came_true: int
    brier: float | None
    auc: float | None
    ece: float | None
    missing: dict[str, str]
    """Figure → why it is None."""
    table: tuple[Bin, ...]
    """Without empty bins."""


def calibration(pairs: Sequence[Pair]) -> Calibration:
    """All figures of the pairs, of which there may be none."""
    n, true = len(pairs), sum(pair.came_true for pair in pairs)
    missing: dict[str, str] = {}
    if not pairs:
        missing["brier"] = "there are no pairs"
    if not 0 < true < n:
        missing["auc"] = "it needs some that came true and some that did not"
    if n < ECE_FROM:
        missing["ece"] = f"it needs {ECE_FROM} pairs or more, and there are {n}"
    table = reliability(pairs)
    return Calibration(
        n=n,
        came_true=true,
        brier=None if "brier" in missing else brier(pairs),
        auc=None if "auc" in missing else auc(pairs),
        ece=None if "ece" in missing else ece(table),
        missing=missing,
        table=table,
    )


def brier(pairs: Sequence[Pair]) -> float:
    """0 is perfect, 0.25 is what always saying 0.5 gets. Raises: ZeroDivisionError for no pairs."""
    return sum((pair.value - pair.came_true) ** 2 for pair in pairs) / len(pairs)


def auc(pairs: Sequence[Pair]) -> float:
    """0.5 is chance. Raises: ZeroDivisionError where all or none came true."""
    ordered = sorted(pairs, key=lambda pair: pair.value)
    below, rank_sum = 0, 0.0
    for _, tied in groupby(ordered, key=lambda pair: pair.value):
        group = list(tied)
        rank_sum += (below + (len(group) + 1) / 2) * sum(pair.came_true for pair in group)
        below += len(group)
    true = sum(pair.came_true for pair in pairs)
    return (rank_sum - true * (true + 1) / 2) / (true * (len(pairs) - true))


def reliability(pairs: Sequence[Pair]) -> tuple[Bin, ...]:
    """The bins that are not empty, lowest first."""
    ordered = sorted(pairs, key=lambda pair: pair.value)
    return tuple(
        _bin(number, list(group))
        for number, group in groupby(ordered, key=lambda pair: bisect_right(_EDGES, pair.value))
    )


def ece(table: Sequence[Bin]) -> float:
    """Expected calibration error; 0 is perfect. Raises: ZeroDivisionError for an empty table."""
    off = sum(row.n * abs(row.share - row.mean_value) for row in table)
    return off / sum(row.n for row in table)


def _bin(number: int, pairs: Sequence[Pair]) -> Bin:
    n = len(pairs)
    return Bin(
        low=number / BINS,
        high=(number + 1) / BINS,
        n=n,
        mean_value=sum(pair.value for pair in pairs) / n,
        share=sum(pair.came_true for pair in pairs) / n,
    )
