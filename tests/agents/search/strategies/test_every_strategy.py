"""What must hold for every strategy."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.registry import STRATEGIES
from agents.search.tree import ROOT, SearchTree, Trial, TrialResult
from tests.agents.search.problems import Ladder, RandomNode, mean_best, search, two_step_bug

GOLDEN = Path(__file__).parent.parent / "golden"
NAMES = sorted(STRATEGIES)


@pytest.mark.parametrize("name", NAMES)
def test_telling_twice_changes_nothing(name: str) -> None:
    strategy = STRATEGIES[name]()
    tree = SearchTree.rooted("base")
    trial = strategy.ask(tree, Random(0))
    assert trial is not None
    result = TrialResult(trial=trial.number, kind="expanded", state="a", value=0.5)
    strategy.tell(tree, result)
    before = repr(tree)
    strategy.tell(tree, result)
    assert repr(tree) == before


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_and_outcomes_give_the_same_tree(name: str) -> None:
    trees = [search(STRATEGIES[name](), two_step_bug, 80, width=4, seed=3) for _ in range(2)]
    assert repr(trees[0]) == repr(trees[1])


@pytest.mark.parametrize("name", NAMES)
def test_no_trial_stays_open_and_the_search_ends_when_the_ideas_do(name: str) -> None:
    tree = search(STRATEGIES[name](), two_step_bug, 10_000, width=4)
    assert not tree.open_trials
    assert STRATEGIES[name]().finished(tree)
    assert STRATEGIES[name]().ask(tree, Random(0)) is None


@pytest.mark.parametrize("name", NAMES)
@given(width=st.integers(1, 9), seed=st.integers(0, 5))
def test_every_width_terminates_within_the_budget(name: str, width: int, seed: int) -> None:
    tree = search(STRATEGIES[name](), two_step_bug, 60, width=width, seed=seed)
    assert tree.next_trial <= 60
    assert len(tree.nodes) > 5


@pytest.mark.parametrize("name", NAMES)
@given(lost=st.sets(st.integers(0, 40)), seed=st.integers(0, 5))
def test_what_the_infrastructure_loses_delays_a_search_and_does_not_stall_it(
    name: str, lost: set[int], seed: int
) -> None:
    kinds: list[str] = []

    def flaky(tree: SearchTree, trial: Trial) -> TrialResult:
        result = two_step_bug(tree, trial)
        result = replace(result, kind="lost") if trial.number in lost else result
        kinds.append(result.kind)
        return result

    strategy = STRATEGIES[name]()
    tree = search(strategy, flaky, 60, width=3, seed=seed)
    assert not tree.open_trials
    assert tree.next_trial == 60 or strategy.finished(tree)
    assert tree[ROOT].visits == kinds.count("expanded") + kinds.count("failed")


@pytest.mark.parametrize("name", NAMES)
def test_the_limits_on_depth_and_breadth_hold(name: str) -> None:
    strategy = STRATEGIES[name]()
    tree = SearchTree.rooted("base", max_depth=2, max_breadth=3)
    while not strategy.finished(tree) and tree.next_trial < 200:
        trial = strategy.ask(tree, Random(tree.next_trial))
        assert trial is not None
        strategy.tell(tree, two_step_bug(tree, trial))
    assert max(node.depth for node in tree.nodes) <= 2
    assert max(node.opened for node in tree.nodes) <= 3


MULTI_STEP = [name for name in NAMES if name != "best_of_n"]


@pytest.mark.parametrize("name", MULTI_STEP)
def test_fixes_of_several_edits_are_found_where_best_of_n_finds_none(name: str) -> None:
    """Two rungs, one edit in eight is right; value 1 is the known optimum."""
    found = mean_best(STRATEGIES[name](), lambda seed: Ladder(2, 0.12, 1_000 + seed), 32, depth=4)
    single = mean_best(
        STRATEGIES["best_of_n"](), lambda seed: Ladder(2, 0.12, 1_000 + seed), 32, depth=4
    )
    assert single <= 0.5
    assert found > single


@pytest.mark.parametrize("name", ["mcts", "ab_mcts", "adaptive", "staged_beam"])
def test_choosing_beats_choosing_by_lot_at_equal_budget(name: str) -> None:
    def problem(seed: int) -> Ladder:
        return Ladder(3, 0.2, 2_000 + seed)

    chosen = mean_best(STRATEGIES[name](), problem, 90, depth=4)
    by_lot = mean_best(RandomNode(), problem, 90, depth=4)
    assert chosen > by_lot


@pytest.mark.parametrize("name", MULTI_STEP)
def test_regret_falls_with_the_budget(name: str) -> None:
    def regret(trials: int) -> float:
        problem = lambda seed: Ladder(2, 0.15, 3_000 + seed)  # noqa: E731
        return 1 - mean_best(STRATEGIES[name](), problem, trials, depth=4)

    assert regret(8) > regret(20) > regret(32)


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_tree_is_grown_again(name: str) -> None:
    tree = search(STRATEGIES[name](), two_step_bug, 40, width=4, seed=1)
    grown = [
        [n.parent, n.trial, n.state, n.visits, round(n.value_sum, 6), n.solved] for n in tree.nodes
    ]
    assert grown == json.loads((GOLDEN / f"{name}.json").read_text())
