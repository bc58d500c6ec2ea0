"""What must hold for every strategy, and what each of them is for."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.registry import STRATEGIES
from agents.search.strategies.best_of_n import BestOfN
from agents.search.strategies.mcts import Mcts
from agents.search.strategy import Strategy, rng_for
from agents.search.tree import ROOT, SearchTree, Trial, TrialResult

GOLDEN = Path(__file__).parent / "golden"
Answer = Callable[[SearchTree, Trial], TrialResult]


def two_step_bug(tree: SearchTree, trial: Trial) -> TrialResult:
    """A fix takes two edits, each the 7th idea where it is made; the first is worth a half."""
    path = [tree[n].state for n in tree.path(trial.node)][1:]
    right = trial.ordinal == 7
    state = ".".join([*(p.split(".")[-1] for p in path), str(trial.ordinal)])
    steps = sum(p.split(".")[-1] == "7" for p in path) + right
    if trial.ordinal >= 12:
        return TrialResult(trial=trial.number, kind="exhausted")
    if trial.ordinal % 5 == 4:
        return TrialResult(trial=trial.number, kind="failed")
    return TrialResult(
        trial=trial.number, kind="expanded", state=state, value=min(steps, 2) / 2, solved=steps == 2
    )


def search(
    strategy: Strategy, answer: Answer, trials: int, width: int = 1, seed: int = 0
) -> SearchTree:
    """The one driver: tell the oldest when `width` are open or nothing can be opened."""
    tree = SearchTree.rooted("base", max_depth=3)
    while tree.next_trial < trials and not strategy.finished(tree):
        opened = None
        if len(tree.open_trials) < width:
            opened = strategy.ask(tree, rng_for(seed, tree.next_trial))
        if opened is None:
            oldest = tree.open_trials[min(tree.open_trials)]
            strategy.tell(tree, answer(tree, oldest))
    for number in sorted(tree.open_trials):
        strategy.tell(tree, answer(tree, tree.open_trials[number]))
    return tree


@pytest.mark.parametrize("name", sorted(STRATEGIES))
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


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_the_same_seed_and_outcomes_give_the_same_tree(name: str) -> None:
    trees = [search(STRATEGIES[name](), two_step_bug, 80, width=4, seed=3) for _ in range(2)]
    assert repr(trees[0]) == repr(trees[1])


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_no_trial_stays_open_and_the_search_ends_when_the_ideas_do(name: str) -> None:
    tree = search(STRATEGIES[name](), two_step_bug, 10_000, width=4)
    assert not tree.open_trials
    assert STRATEGIES[name]().finished(tree)
    assert STRATEGIES[name]().ask(tree, Random(0)) is None


@pytest.mark.parametrize("name", sorted(STRATEGIES))
@given(width=st.integers(1, 9), seed=st.integers(0, 5))
def test_every_width_terminates_within_the_budget(name: str, width: int, seed: int) -> None:
    tree = search(STRATEGIES[name](), two_step_bug, 60, width=width, seed=seed)
    assert tree.next_trial <= 60
    assert len(tree.nodes) > 5


def test_mcts_deepens_below_the_child_that_made_progress_and_finds_the_second_edit() -> None:
    tree = search(Mcts(), two_step_bug, 40)
    assert tree.solutions()


def test_mcts_finds_what_best_of_n_and_random_choice_cannot_at_the_same_budget() -> None:
    assert not search(BestOfN(), two_step_bug, 40).solutions()
    found = sum(bool(search(RandomNode(), two_step_bug, 40, seed=s).solutions()) for s in range(30))
    mcts = sum(bool(search(Mcts(), two_step_bug, 40, seed=s).solutions()) for s in range(30))
    assert mcts == 30
    assert found < 15


def test_width_costs_little_because_open_trials_count_as_visits() -> None:
    narrow = search(Mcts(), two_step_bug, 48, width=1)
    wide = search(Mcts(), two_step_bug, 48, width=16)
    assert narrow.solutions()
    assert wide.solutions()


def test_mcts_stays_wide_while_no_child_is_better_than_its_parent() -> None:
    tree = search(Mcts(), lambda t, x: expanded_at(x, 0.0), 50, width=4)
    assert len(tree[ROOT].children) == 50


def test_a_deceptive_child_does_not_starve_its_parent() -> None:
    """The first edit looks half right and leads nowhere; the fix is the parent's 60th idea."""

    def deceptive(tree: SearchTree, trial: Trial) -> TrialResult:
        if trial.node == ROOT and trial.ordinal == 60:
            return TrialResult(
                trial=trial.number, kind="expanded", state="fix", value=1.0, solved=True
            )
        trapped = trial.node != ROOT or trial.ordinal == 0
        return expanded_at(trial, 0.66 if trapped else 0.0)

    assert search(Mcts(), deceptive, 150, width=4).solutions()


def test_best_of_n_makes_n_independent_edits_of_the_base() -> None:
    tree = search(BestOfN(n=5), lambda t, x: expanded_at(x, 0.9), 100, width=3)
    assert [node.parent for node in tree.nodes[1:]] == [ROOT] * 5


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_the_golden_tree_is_grown_again(name: str) -> None:
    tree = search(STRATEGIES[name](), two_step_bug, 40, width=4, seed=1)
    grown = [
        [n.parent, n.trial, n.state, n.visits, round(n.value_sum, 6), n.solved] for n in tree.nodes
    ]
    assert grown == json.loads((GOLDEN / f"{name}.json").read_text())


def expanded_at(trial: Trial, value: float) -> TrialResult:
    return TrialResult(trial=trial.number, kind="expanded", state=f"s{trial.number}", value=value)


class RandomNode(Mcts):
    """Opens anywhere, by lot: what a search must beat."""

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:
        from agents.search.tree import open_trial  # noqa: PLC0415

        nodes = [n.id for n in tree.nodes if not n.closed and not n.exhausted]
        return open_trial(tree, rng.choice(nodes)) if nodes else None
