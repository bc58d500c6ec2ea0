import pytest

from agents.search.strategies.adaptive import Adaptive
from agents.search.tree import ROOT, SearchTree, Trial, TrialResult
from tests.agents.search.problems import Ladder, expanded, reached, search


def worthless(tree: SearchTree, trial: Trial) -> TrialResult:
    return expanded(trial, reached(tree, trial), 0.0)


def test_the_promise_is_the_one_worked_by_hand() -> None:
    # Before any trial: m = 1/(1+4), p = 2·m/2, L = peak = 0: 0.2/2.
    tree, strategy = SearchTree.rooted("base"), Adaptive()
    assert strategy.promise(tree, tree[ROOT]) == pytest.approx(0.1)
    # A child of value 0.5: m = (1+1)/(5+1); the root's peak is the leader's: p = m, (0.5)²/(2·0.5).
    strategy.tell(tree, expanded(strategy.ask(tree, None), [0], 0.5))  # type: ignore[arg-type]
    assert strategy.promise(tree, tree[ROOT]) == pytest.approx(1 / 3 * 0.25)
    # One more trial at the root that gains nothing: m = 2/7, p = 2·m/(2+1).
    trial = TrialResult(trial=1, kind="failed")
    from agents.search.tree import open_trial  # noqa: PLC0415

    open_trial(tree, ROOT)
    strategy.tell(tree, trial)
    assert strategy.promise(tree, tree[ROOT]) == pytest.approx(2 * (2 / 7) / 3 * 0.25)


def test_it_begins_with_one_chain() -> None:
    tree = search(Adaptive(), worthless, 4, depth=4)
    assert [node.depth for node in tree.nodes] == [0, 1, 2, 3, 4]


def test_it_widens_once_the_chain_has_ended() -> None:
    tree = search(Adaptive(), worthless, 24, depth=4)
    assert len(tree[ROOT].children) > 1


def stopped_after(strategy: Adaptive) -> int:
    return search(strategy, worthless, 10_000, depth=1).next_trial


@pytest.mark.parametrize("cost", [0.05, 0.02, 0.01])
def test_it_stops_where_the_formula_says_that_a_trial_is_not_worth_its_cost(cost: float) -> None:
    """At depth 1 the root alone can be expanded: n gainless trials promise
    ``w·a / ((a+b+n)·(w+n)) / 2``, and trial n+1 is made while that is `cost` or more."""
    wanted = next(n for n in range(1_000) if 2 / ((5 + n) * (2 + n)) / 2 < cost)
    assert stopped_after(Adaptive(cost=cost)) == wanted


def test_it_stops_at_once_when_the_leader_cannot_be_overtaken() -> None:
    tree = search(Adaptive(), Ladder(1, 0.3, 5), 1_000, depth=4)
    assert tree.next_trial == (tree.solutions()[0].trial or 0) + 1


def test_an_issue_on_which_something_helps_is_worth_more_trials_than_a_hopeless_one() -> None:
    hopeless = search(Adaptive(), worthless, 1_000, depth=4).next_trial
    climbing = search(Adaptive(), Ladder(9, 0.1, 5), 1_000, depth=9).next_trial
    assert climbing > hopeless


def test_a_state_that_was_valued_twice_is_promised_nothing_that_it_has() -> None:
    """Its second value is known from the root, though the leader is the first node of that state."""
    strategy, tree = Adaptive(), SearchTree.rooted("base")
    for number, value in enumerate((0.5, 1.0)):
        trial = strategy.ask(tree, None)  # type: ignore[arg-type]
        assert trial is not None
        strategy.tell(tree, TrialResult(trial=number, kind="expanded", state="s", value=value))
    assert strategy.promise(tree, tree[ROOT]) == 0
    assert strategy.finished(tree)
