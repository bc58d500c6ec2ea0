import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.search.tree import (
    ROOT,
    NodeId,
    Opening,
    SearchTree,
    TrialResult,
    close_trial,
    fold,
    open_trial,
)


def expanded(trial: int, state: str, value: float = 0.5, *, solved: bool = False) -> TrialResult:
    return TrialResult(trial=trial, kind="expanded", state=state, value=value, solved=solved)


def test_an_open_trial_is_pending_on_the_whole_path_and_nowhere_else() -> None:
    tree = SearchTree.rooted("base")
    close_trial(tree, expanded(open_trial(tree, ROOT).number, "a"))
    close_trial(tree, expanded(open_trial(tree, ROOT).number, "b"))
    open_trial(tree, NodeId(1))
    assert [node.pending for node in tree.nodes] == [1, 1, 0]


def test_an_expansion_is_backed_up_to_the_root() -> None:
    tree = SearchTree.rooted("base")
    close_trial(tree, expanded(open_trial(tree, ROOT).number, "a", 0.5))
    close_trial(tree, expanded(open_trial(tree, NodeId(1)).number, "b", 1.0))
    assert [(n.visits, n.mean_value) for n in tree.nodes] == [(2, 0.75), (2, 0.75), (1, 1.0)]


def test_a_failed_edit_is_a_visit_worth_nothing_and_makes_no_node() -> None:
    tree = SearchTree.rooted("base")
    assert (
        close_trial(tree, TrialResult(trial=open_trial(tree, ROOT).number, kind="failed")) is None
    )
    assert (tree[ROOT].visits, tree[ROOT].mean_value, tree[ROOT].pending) == (1, 0.0, 0)


@pytest.mark.parametrize("kind", ["lost", "exhausted"])
def test_what_was_nobodys_edit_adds_no_visit(kind: str) -> None:
    tree = SearchTree.rooted("base")
    close_trial(tree, TrialResult(trial=open_trial(tree, ROOT).number, kind=kind))  # type: ignore[arg-type]
    assert (tree[ROOT].visits, tree[ROOT].pending) == (0, 0)


def test_telling_twice_changes_nothing() -> None:
    tree = SearchTree.rooted("base")
    trial = open_trial(tree, ROOT)
    close_trial(tree, expanded(trial.number, "a"))
    before = repr(tree)
    assert close_trial(tree, expanded(trial.number, "other", 1.0)) is None
    assert repr(tree) == before


def test_a_value_that_is_not_a_number_is_refused_before_anything_changes() -> None:
    tree = SearchTree.rooted("base")
    trial = open_trial(tree, ROOT)
    before = repr(tree)
    with pytest.raises(ValueError, match="NaN"):
        close_trial(tree, expanded(trial.number, "a", float("nan")))
    assert repr(tree) == before


def test_values_outside_the_unit_interval_are_clamped() -> None:
    tree = SearchTree.rooted("base")
    close_trial(tree, expanded(open_trial(tree, ROOT).number, "a", 7.0))
    assert (tree[NodeId(1)].value, tree[ROOT].mean_value) == (1.0, 1.0)


def test_a_state_that_was_reached_before_becomes_a_leaf_that_names_the_first() -> None:
    tree = SearchTree.rooted("base")
    close_trial(tree, expanded(open_trial(tree, ROOT).number, "a"))
    close_trial(tree, expanded(open_trial(tree, NodeId(1)).number, "base"))
    undone = tree[NodeId(2)]
    assert (undone.merged_with, undone.closed) == (ROOT, True)


def test_a_node_at_the_depth_limit_is_a_leaf() -> None:
    tree = SearchTree.rooted("base", max_depth=1)
    close_trial(tree, expanded(open_trial(tree, ROOT).number, "a"))
    with pytest.raises(ValueError, match="nothing can be opened"):
        open_trial(tree, NodeId(1))


def test_exhaustion_closes_a_node_only_when_nothing_is_under_way_and_all_children_are_closed() -> (
    None
):
    tree = SearchTree.rooted("base", max_depth=1)
    first, second = open_trial(tree, ROOT), open_trial(tree, ROOT)
    close_trial(tree, TrialResult(trial=first.number, kind="exhausted"))
    assert not tree[ROOT].closed
    close_trial(tree, expanded(second.number, "a"))
    assert tree[ROOT].closed


def test_ordinals_count_the_trials_of_one_node() -> None:
    tree = SearchTree.rooted("base")
    close_trial(tree, expanded(open_trial(tree, ROOT).number, "a"))
    opened = [open_trial(tree, node) for node in (ROOT, NodeId(1), ROOT, NodeId(1))]
    assert [trial.ordinal for trial in opened] == [1, 0, 2, 1]


ARMS = (None, "a", "b")
KINDS = st.sampled_from(["expanded", "failed", "exhausted", "lost"])
MOVES = st.lists(st.tuples(st.booleans(), st.integers(0, 50), KINDS, st.floats(0, 1)), max_size=60)


def play(moves: list[tuple[bool, int, str, float]]) -> tuple[SearchTree, list[object]]:
    """Open and tell at random; answer the tree and what happened to it, in order."""
    tree, history = SearchTree.rooted("s0", max_depth=4), []
    for opening, pick, kind, value in moves:
        nodes = [node.id for node in tree.nodes if not node.closed and not node.exhausted]
        if opening and nodes:
            node, stage = nodes[pick % len(nodes)], "plan" if pick % 7 == 3 else "edit"
            history.append(Opening(node, stage, ARMS[pick % 3]))  # type: ignore[arg-type]
            open_trial(tree, node, stage, ARMS[pick % 3])  # type: ignore[arg-type]
        elif tree.open_trials:
            number = sorted(tree.open_trials)[pick % len(tree.open_trials)]
            history.append(TrialResult(trial=number, kind=kind, state=f"s{pick % 9}", value=value))  # type: ignore[arg-type]
            close_trial(tree, history[-1])
    return tree, history


@given(MOVES)
def test_the_fold_of_what_happened_is_the_tree(moves: list[tuple[bool, int, str, float]]) -> None:
    tree, history = play(moves)
    assert repr(fold(SearchTree.rooted("s0", max_depth=4), history)) == repr(tree)  # type: ignore[arg-type]


@given(MOVES)
def test_the_books_always_balance(moves: list[tuple[bool, int, str, float]]) -> None:
    tree, _ = play(moves)
    assert tree[ROOT].pending == len(tree.open_trials)
    for node in tree.nodes:
        below = list(tree.children(node.id))
        assert node.pending == node.opening + sum(child.pending for child in below)
        assert node.visits >= sum(child.visits for child in below)
        assert 0 <= node.value_sum <= node.visits + 1e-9
        assert node.depth <= tree.max_depth
        assert node.opened <= (tree.max_breadth or node.opened)
        own = node.visits - (node.trial is not None) - sum(child.visits for child in below)
        assert node.own_visits == own + len(below)
        assert not node.closed or all(child.closed for child in below)


def test_random_play_gets_somewhere() -> None:
    moves = [(step % 2 == 0, step, "expanded", 0.5) for step in range(60)]
    tree, _ = play(moves)
    assert len(tree.nodes) > 10
    assert max(node.depth for node in tree.nodes) > 1
