from itertools import product

from agents.search.strategies.staged_beam import StagedBeam
from agents.search.tree import ROOT, SearchTree, Trial, TrialResult
from tests.agents.search.problems import best, expanded, noted, reached, search


def stages(tree: SearchTree) -> list[str]:
    return [node.stage for node in tree.nodes[1:]]


def valued(tree: SearchTree, trial: Trial) -> TrialResult:
    """The second guess is the best place, the fourth edit the best edit."""
    if trial.stage != "edit":
        return noted(tree, trial, 0.9 if trial.ordinal == 1 else 0.1)
    return expanded(trial, [*reached(tree, trial), trial.node], 0.8 if trial.ordinal == 3 else 0.2)


def test_the_stages_follow_one_another_and_the_best_of_each_go_on() -> None:
    strategy = StagedBeam(beam=1, places=3, plans=1, samples=4)
    tree = search(strategy, valued, 100, width=2, depth=2)
    assert stages(tree) == ["localise"] * 3 + ["plan"] + ["edit"] * 8
    place, plan = tree.nodes[2], tree.nodes[4]
    assert (plan.parent, tree.nodes[5].parent) == (place.id, plan.id)
    assert {node.parent for node in tree.nodes[9:]} == {8}


def test_a_stage_waits_until_all_of_the_one_before_is_told() -> None:
    strategy = StagedBeam(places=2)
    tree = SearchTree.rooted("base")
    opened = [strategy.ask(tree, None) for _ in range(3)]  # type: ignore[arg-type]
    assert [trial and trial.stage for trial in opened] == ["localise", "localise", None]
    assert not strategy.finished(tree)


def test_a_policy_that_cannot_answer_a_stage_skips_it() -> None:
    def edits_only(tree: SearchTree, trial: Trial) -> TrialResult:
        if trial.stage != "edit":
            return TrialResult(trial=trial.number, kind="exhausted")
        return valued(tree, trial)

    tree = search(StagedBeam(beam=1), edits_only, 100, depth=1)
    assert stages(tree) == ["edit"] * 4
    assert {node.parent for node in tree.nodes[1:]} == {ROOT}


VALUES = {pair: ((pair[0] * 7 + pair[1] * 5) % 16) / 20 for pair in product(range(4), repeat=2)}


def by_table(tree: SearchTree, trial: Trial) -> TrialResult:
    """Two edits, each of four: what a path is worth stands in a table; one edit is worth nothing
    but a hint that misleads."""
    if trial.stage != "edit":
        return TrialResult(trial=trial.number, kind="exhausted")
    path = reached(tree, trial)
    value = VALUES[path[0], path[1]] if len(path) == 2 else path[0] / 100
    return expanded(trial, path, value)


def test_a_beam_that_keeps_everything_is_exhaustive_search() -> None:
    tree = search(StagedBeam(beam=4, samples=4), by_table, 1_000, depth=2)
    assert best(tree) == max(VALUES.values())


def test_a_beam_of_one_is_greedy() -> None:
    tree = search(StagedBeam(beam=1, samples=4), by_table, 1_000, depth=2)
    assert best(tree) == max(value for pair, value in VALUES.items() if pair[0] == 3)


def test_nobody_moves_up_where_a_kept_node_ran_out_of_ideas() -> None:
    def poor(tree: SearchTree, trial: Trial) -> TrialResult:
        if trial.stage == "edit" and trial.ordinal >= 2:
            return TrialResult(trial=trial.number, kind="exhausted")
        return valued(tree, trial)

    tree = search(StagedBeam(beam=2, places=4, plans=1, samples=4), poor, 5_000, depth=3)
    assert tree.next_trial < 40
