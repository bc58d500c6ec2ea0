from dataclasses import replace

from agents.search.strategies.ab_mcts import AbMcts
from agents.search.tree import ROOT, SearchTree, Trial, TrialResult
from tests.agents.search.problems import expanded, reached, search


def where(value: float, deeper: float, trials: int = 60) -> float:
    """The share of trials at the root, where edits of the base and deeper ones have these values."""

    def answer(tree: SearchTree, trial: Trial) -> TrialResult:
        return expanded(trial, reached(tree, trial), value if trial.node == ROOT else deeper)

    shares = [search(AbMcts(), answer, trials, seed=s)[ROOT].opened / trials for s in range(20)]
    return sum(shares) / len(shares)


def test_it_goes_deeper_where_deeper_pays_and_wider_where_it_does_not() -> None:
    assert where(0.2, 0.9) < 0.3
    assert where(0.9, 0.2) > 0.6


def test_failed_edits_count_against_widening() -> None:
    def fails_at_the_base(tree: SearchTree, trial: Trial) -> TrialResult:
        if trial.node == ROOT and trial.ordinal > 0:
            return TrialResult(trial=trial.number, kind="failed")
        return expanded(trial, reached(tree, trial), 0.5)

    tree = search(AbMcts(), fails_at_the_base, 80, seed=1, depth=9)
    assert tree[ROOT].opened < 20


def model_choices(answer_with: dict[str, float], trials: int = 60) -> float:
    """The share of trials that the better of two models gets."""

    def answer(tree: SearchTree, trial: Trial) -> TrialResult:
        return expanded(trial, reached(tree, trial), answer_with[trial.arm or ""])

    strategy = AbMcts(arms=tuple(answer_with))
    trees = [search(strategy, answer, trials, seed=s, width=4) for s in range(20)]
    return sum(tree.arms["good"].visits for tree in trees) / (20 * trials)


def test_the_better_model_gets_nearly_all_of_the_trials() -> None:
    assert model_choices({"bad": 0.1, "good": 0.6}) > 0.85


def test_equal_models_share() -> None:
    assert 0.2 < model_choices({"other": 0.5, "good": 0.5}) < 0.8


def test_one_model_is_no_choice() -> None:
    tree = search(AbMcts(arms=("only",)), lambda t, x: expanded(x, reached(t, x), 0.1), 5)
    assert tree.arms == {}


def test_what_another_policy_proposed_says_nothing_of_the_model() -> None:
    def mixed(tree: SearchTree, trial: Trial) -> TrialResult:
        made = expanded(trial, reached(tree, trial), 0.5)
        return replace(made, credited=trial.number % 2 == 0)

    tree = search(AbMcts(arms=("a", "b")), mixed, 20)
    assert sum(arm.visits for arm in tree.arms.values()) == 10
