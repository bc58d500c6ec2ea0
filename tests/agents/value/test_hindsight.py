from agents.calibration import Pair
from agents.value.hindsight import JudgedNode, JudgedSearch, pairs
from agents.value.llm_judge import UNUSABLE


def node(
    number: int, parent: int | None, value: float, *, solved: bool = False, expanded: bool = True
) -> JudgedNode:
    return JudgedNode(
        id=number,
        parent=parent,
        state=f"state{number}",
        solved=solved,
        expanded=expanded,
        estimates={} if parent is None else {"progress": value},
    )


#     0 ── 1 ── 2 (solved)
#     ├─── 3 (a leaf that nobody expanded)
#     ├─── 4 (expanded in vain)
#     └─── 5 (solved)
NODES = (
    node(0, None, 0.0),
    node(1, 0, 0.5),
    node(2, 1, 1.0, solved=True, expanded=False),
    node(3, 0, 0.3, expanded=False),
    node(4, 0, 0.2),
    node(5, 0, 1.0, solved=True, expanded=False),
)


def test_unsolved_nodes_are_compared_with_whether_a_candidate_was_found_below() -> None:
    found = pairs([JudgedSearch(nodes=NODES, accepted=frozenset())])
    assert found["progress", "candidate"] == [Pair(0.5, True), Pair(0.2, False)]


def test_candidates_and_what_led_there_are_compared_with_the_verifier() -> None:
    found = pairs([JudgedSearch(nodes=NODES, accepted=frozenset({"state5"}))])
    assert found["progress", "accepted"] == [
        Pair(0.5, False),
        Pair(1.0, False),
        Pair(0.2, False),
        Pair(1.0, True),
    ]


def test_what_led_to_an_accepted_candidate_counts_as_accepted_at_any_depth() -> None:
    chain = [node(0, None, 0.0), node(1, 0, 0.1), node(2, 1, 0.2), node(3, 2, 1.0, solved=True)]
    found = pairs([JudgedSearch(nodes=chain, accepted=frozenset({"state3"}))])
    assert found["progress", "accepted"] == [Pair(0.1, True), Pair(0.2, True), Pair(1.0, True)]


def test_searches_are_kept_apart_and_their_pairs_added_up() -> None:
    one = JudgedSearch(nodes=NODES, accepted=frozenset())
    assert len(pairs([one, one])["progress", "candidate"]) == 4


def test_that_a_judge_gave_no_number_is_no_estimate() -> None:
    odd = JudgedNode(
        id=1, parent=0, state="s", solved=False, expanded=True, estimates={UNUSABLE: 1.0}
    )
    assert pairs([JudgedSearch(nodes=[node(0, None, 0.0), odd], accepted=frozenset())]) == {}
