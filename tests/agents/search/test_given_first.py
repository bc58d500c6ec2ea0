"""Given edits come first, in order, and then the strategy goes on as it would."""

import pytest

from agents.registry import STRATEGIES, strategy_of
from agents.search.given_first import GivenFirst
from agents.search.strategies.adaptive import Adaptive
from agents.search.strategies.best_of_n import BestOfN
from agents.search.strategy import rng_for
from agents.search.tree import ROOT, SearchTree, Trial, TrialResult
from agents.settings import SearchSettings
from tests.agents.search.problems import search, two_step_bug

GIVEN = 5


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("width", [1, 4])
def test_with_every_strategy_the_first_trials_are_edits_of_the_base(name: str, width: int) -> None:
    seen: list[Trial] = []

    def bug(tree: SearchTree, trial: Trial) -> TrialResult:
        seen.append(trial)
        return two_step_bug(tree, trial)

    strategy = strategy_of(SearchSettings(strategy=name), GIVEN)
    tree = search(strategy, bug, 60, width=width)
    first = sorted(seen, key=lambda trial: trial.number)[:GIVEN]
    assert [(t.node, t.ordinal, t.stage) for t in first] == [
        (ROOT, n, "edit") for n in range(GIVEN)
    ]
    assert tree.next_trial > GIVEN
    assert not tree.open_trials


def test_nothing_given_changes_nothing() -> None:
    assert strategy_of(SearchSettings(strategy="best_of_n")) == BestOfN()


def test_it_is_over_when_all_were_told_and_the_strategy_wants_no_more() -> None:
    strategy, tree = GivenFirst(2, BestOfN(n=2)), SearchTree.rooted("base")
    for number in range(2):
        assert not strategy.finished(tree)
        trial = strategy.ask(tree, rng_for(0, number))
        assert trial is not None
        strategy.tell(tree, TrialResult(trial=trial.number, kind="failed"))
    assert strategy.finished(tree)
    assert strategy.ask(tree, rng_for(0, 2)) is None


def test_a_strategy_that_has_enough_does_not_end_it_before_all_were_told() -> None:
    strategy, tree = GivenFirst(2, Adaptive()), SearchTree.rooted("base")
    first = strategy.ask(tree, rng_for(0, 0))
    assert first is not None
    fix = TrialResult(trial=first.number, kind="expanded", state="x", value=1.0, solved=True)
    strategy.tell(tree, fix)
    assert Adaptive().finished(tree)
    assert not strategy.finished(tree)


def test_the_limit_on_breadth_holds_for_given_ones_too() -> None:
    strategy, tree = GivenFirst(9, BestOfN()), SearchTree.rooted("base", max_breadth=2)
    asked = [strategy.ask(tree, rng_for(0, number)) for number in range(4)]
    assert [trial is None for trial in asked] == [False, False, True, True]
