"""Over many simulated issues, more evidence means better choices, and a threshold keeps wrong ones back."""

from functools import cache

import pytest

from agents.selection.decision import decide
from agents.selection.labelled import LabelledPool
from agents.selection.posterior import posterior
from benchmarks.selection.parameters import DEV
from benchmarks.selection.world import World

ISSUES = 80
OPTIONS = 8


@cache
def pools(tests: int, judgements: int = 0) -> tuple[LabelledPool, ...]:
    seeds = DEV[:ISSUES]
    return tuple(World(seed).pool(OPTIONS, tests, judgements, own=False) for seed in seeds)


def right(found: tuple[LabelledPool, ...]) -> int:
    """Issues of which the right candidate is chosen."""
    return sum(decide(p.pool, posterior(p.pool)).chosen in p.right for p in found)


def wrong(found: tuple[LabelledPool, ...], threshold: float) -> int:
    """Issues on which a wrong candidate is given out."""
    choices = [(decide(p.pool, posterior(p.pool), threshold).chosen, p.right) for p in found]
    return sum(chosen is not None and chosen not in truth for chosen, truth in choices)


def test_more_tests_choose_the_right_candidate_more_often() -> None:
    assert right(pools(0)) < right(pools(12))


def test_with_tests_it_chooses_better_than_by_lot() -> None:
    by_lot = sum(len(p.right) / len(p.pool.standing) for p in pools(12))
    assert right(pools(12)) > by_lot


@pytest.mark.parametrize("tests", [0, 12])
def test_a_higher_threshold_gives_out_fewer_wrong_patches(tests: int) -> None:
    counts = [wrong(pools(tests), threshold) for threshold in (0.0, 0.4, 0.8)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < counts[0]
