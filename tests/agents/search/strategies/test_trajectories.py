from math import sqrt

from agents.search.strategies.trajectories import Trajectories
from agents.search.tree import ROOT, SearchTree, Trial, TrialResult
from tests.agents.search.problems import Ladder, expanded, reached, search


def worthless(tree: SearchTree, trial: Trial) -> TrialResult:
    return expanded(trial, reached(tree, trial), 0.0)


def test_n_chains_of_m_edits_are_grown_and_nothing_else() -> None:
    tree = search(Trajectories(chains=3, steps=4), worthless, 100, width=5, depth=9)
    assert tree.next_trial == 12
    assert [len(node.children) for node in tree.nodes] == [3] + [1] * 9 + [0] * 3
    assert sorted(node.depth for node in tree.nodes) == [0] + [1, 2, 3, 4] * 0 + sorted(
        [1, 2, 3, 4] * 3
    )


def test_a_chain_waits_for_its_open_trial_and_others_go_on() -> None:
    strategy = Trajectories(chains=2, steps=2)
    tree = SearchTree.rooted("base")
    for _ in range(2):
        strategy.tell(tree, worthless(tree, strategy.ask(tree, None)))  # type: ignore[arg-type]
    opened = [strategy.ask(tree, None) for _ in range(3)]  # type: ignore[arg-type]
    assert [trial and trial.node for trial in opened] == [1, 2, None]
    assert not strategy.finished(tree)


def test_a_failed_edit_is_a_step_and_the_next_one_starts_where_it_did() -> None:
    def second_fails(tree: SearchTree, trial: Trial) -> TrialResult:
        if trial.number == 1:
            return TrialResult(trial=1, kind="failed")
        return worthless(tree, trial)

    tree = search(Trajectories(chains=1, steps=3), second_fails, 100)
    assert tree.next_trial == 3
    assert [node.depth for node in tree.nodes] == [0, 1, 2]


def test_a_revision_that_leads_back_is_not_revised_again() -> None:
    def undone(tree: SearchTree, trial: Trial) -> TrialResult:
        state = "base" if trial.number == 1 else f"s{trial.number}"
        return TrialResult(trial=trial.number, kind="expanded", state=state)

    tree = search(Trajectories(chains=1, steps=3), undone, 100)
    assert [node.parent for node in tree.nodes] == [None, ROOT, 1, 1]


def test_a_chain_that_found_a_fix_ends() -> None:
    tree = search(Trajectories(chains=2, steps=50), Ladder(1, 0.5, 3), 100, depth=60)
    assert len(tree.solutions()) == 2
    assert tree.next_trial < 20


def test_its_success_is_the_analytic_one() -> None:
    """n chains of m steps, each right with p: ``1 - (1 - p)^(n·m)`` for a fix of one edit."""
    searches, wanted = 400, 1 - (1 - 0.08) ** 6
    found = sum(
        bool(search(Trajectories(chains=2, steps=3), Ladder(1, 0.08, s), 99, depth=9).solutions())
        for s in range(searches)
    )
    assert abs(found / searches - wanted) < 4 * sqrt(wanted * (1 - wanted) / searches)


def test_failed_beginnings_count_towards_the_total() -> None:
    def late(tree: SearchTree, trial: Trial) -> TrialResult:
        if trial.number < 9:
            return TrialResult(trial=trial.number, kind="failed")
        return worthless(tree, trial)

    assert search(Trajectories(chains=3, steps=4), late, 100, depth=9).next_trial == 12


def test_a_chain_whose_revision_is_a_fix_is_not_revised_again() -> None:
    def second_fixes(tree: SearchTree, trial: Trial) -> TrialResult:
        return expanded(trial, reached(tree, trial), 1.0, solved=trial.number == 1)

    tree = search(Trajectories(chains=1, steps=9), second_fixes, 100, depth=9)
    assert tree.next_trial == 2
