from agents.search.strategies.best_of_n import BestOfN
from agents.search.strategies.mcts import Mcts
from agents.search.tree import ROOT, SearchTree, Trial, TrialResult
from tests.agents.search.problems import (
    Ladder,
    RandomNode,
    expanded,
    mean_best,
    reached,
    search,
    two_step_bug,
)


def test_it_deepens_below_the_child_that_made_progress_and_finds_the_second_edit() -> None:
    assert search(Mcts(), two_step_bug, 40).solutions()


def test_it_finds_what_best_of_n_and_random_choice_cannot_at_the_same_budget() -> None:
    assert not search(BestOfN(), two_step_bug, 40).solutions()
    found = sum(bool(search(RandomNode(), two_step_bug, 40, seed=s).solutions()) for s in range(30))
    mcts = sum(bool(search(Mcts(), two_step_bug, 40, seed=s).solutions()) for s in range(30))
    assert mcts == 30
    assert found < 15


def test_width_16_costs_little_at_equal_trials() -> None:
    def problem(seed: int) -> Ladder:
        return Ladder(2, 0.12, 4_000 + seed)

    narrow = mean_best(Mcts(), problem, 64, width=1, depth=4)
    wide = mean_best(Mcts(), problem, 64, width=16, depth=4)
    assert wide > narrow - 0.05


def test_it_stays_wide_while_no_child_is_better_than_its_parent() -> None:
    tree = search(Mcts(), lambda t, x: expanded(x, reached(t, x), 0.0), 50, width=4)
    assert len(tree[ROOT].children) == 50


def test_a_deceptive_child_does_not_starve_its_parent() -> None:
    """The first edit looks half right and leads nowhere; the fix is the parent's 60th idea."""

    def deceptive(tree: SearchTree, trial: Trial) -> TrialResult:
        path = reached(tree, trial)
        if trial.node == ROOT and trial.ordinal == 60:
            return expanded(trial, path, 1.0, solved=True)
        return expanded(trial, path, 0.66 if trial.node != ROOT or trial.ordinal == 0 else 0.0)

    assert search(Mcts(), deceptive, 150, width=4).solutions()


def test_puct_goes_where_the_policy_believes() -> None:
    """Two children of equal value; below the one that the policy believed in, more is tried."""

    def believed(tree: SearchTree, trial: Trial) -> TrialResult:
        prior = 0.9 if trial.ordinal == 1 else 0.1
        value = 0.3 if trial.node == ROOT else 0.31
        made = expanded(trial, reached(tree, trial), value)
        return TrialResult(
            trial=made.trial, kind="expanded", state=made.state, value=value, prior=prior
        )

    tree = SearchTree.rooted("base", max_breadth=2)
    strategy = Mcts(rule="puct", exploration=1.0)
    for number in range(5):
        trial = strategy.ask(tree, __import__("random").Random(number))
        assert trial is not None
        strategy.tell(tree, believed(tree, trial))
    first, second = tree[ROOT].children
    assert tree[second].visits > tree[first].visits
