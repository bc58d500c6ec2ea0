"""Where a budget goes in the simulated world: what is bought, and what it costs to stop early."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from statistics import fmean

import pytest

from benchmarks.selection.parameters import DEV
from benchmarks.selection.spending import (
    COSTS,
    EARLY_STOP_ERROR,
    MARGINAL,
    SHARES,
    Buying,
    advised,
    fixed,
    marginal,
    study,
    table,
)
from benchmarks.selection.world import World

ISSUES, UNITS = 28, 10


@cache
def bought(least_rate: float | None = None) -> list[Buying]:
    """By the marginal choice; without a rate by the stated one."""
    rate = () if least_rate is None else (least_rate,)
    return [marginal(World(seed), UNITS, *rate) for seed in DEV[:ISSUES]]


def steps(seed: int, units: int) -> Iterator[str]:
    """What the marginal choice buys, one after the other."""
    buying = Buying(World(seed))
    while measure := advised(buying, units, 0.0):
        yield measure.action
        buying.buy(measure.action, measure.about)


@pytest.mark.parametrize("parts", SHARES.values(), ids=SHARES)
@pytest.mark.parametrize("units", [1, 7, 12])
def test_a_fixed_split_spends_exactly_its_units(units: int, parts: tuple[int, int, int]) -> None:
    buying = fixed(World(3), units, parts)
    assert buying.spent == units
    whole = sum(parts)
    tests, pairs = (units * part // whole for part in parts[1:])
    assert len(buying.pool.tests) == tests
    assert len(buying.pool.options) == units - tests - pairs


def test_comparisons_are_in_both_orders_and_of_two_that_there_are() -> None:
    pool = fixed(World(3), 12, (1, 0, 1)).pool
    shown = Counter(judgement.shown for judgement in pool.judgements)
    assert shown
    assert {key for pair in shown for key in pair} <= {option.key for option in pool.options}
    assert all(shown[pair] == shown[pair[::-1]] for pair in shown)


def test_every_test_is_run_on_every_candidate() -> None:
    pool = fixed(World(3), 12, (1, 1, 0)).pool
    assert pool.results.keys() == {test.id for test in pool.tests}
    keys = {option.key for option in pool.options}
    assert all(row.keys() == keys for row in pool.results.values())


def test_the_marginal_choice_never_spends_more_than_its_units() -> None:
    for least_rate in (None, 0.0):
        assert all(0 < buying.spent <= UNITS for buying in bought(least_rate))
    assert any(buying.spent == UNITS for buying in bought(0.0))
    assert marginal(World(0), 0).spent == 0


def test_every_measure_is_one_of_the_actions_and_each_is_bought_somewhere() -> None:
    found = {action for seed in DEV[:ISSUES] for action in steps(seed, 6)}
    assert found == COSTS.keys()


def test_without_a_candidate_an_edit_comes_first() -> None:
    assert {next(steps(seed, 4)) for seed in DEV[:10]} == {"edit"}


def test_to_stop_early_changes_whether_the_choice_is_right_no_more_often_than_is_stated() -> None:
    early, full = bought(), bought(0.0)
    differ = fmean(a.right != b.right for a, b in zip(early, full, strict=True))
    assert differ <= EARLY_STOP_ERROR


def test_to_stop_early_saves_units() -> None:
    early, full = bought(), bought(0.0)
    assert all(a.spent <= b.spent for a, b in zip(early, full, strict=True))
    assert sum(a.spent for a in early) < sum(b.spent for b in full)


def test_the_choice_is_better_than_that_of_a_single_edit() -> None:
    single = fmean(fixed(World(seed), 1, (1, 0, 0)).right for seed in DEV[:ISSUES])
    assert fmean(buying.right for buying in bought()) > single


def test_a_study_tells_every_way_on_the_same_issues() -> None:
    found = study(DEV[:8], 6)
    assert list(found["ways"]) == [MARGINAL, *SHARES]
    assert (found["n"], found["units"], found["seeds"]) == (8, 6, {"first": 0, "last": 7})
    assert found["ways"][MARGINAL]["less than the marginal choice"]["value"] == 0
    assert all(found["ways"][name]["units"] == 6 for name in SHARES)
    rows = list(table(found))
    assert len(rows) == 2 + len(found["ways"])
    assert study(DEV[:8], 6) == found
