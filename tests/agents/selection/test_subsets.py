from random import Random

from hypothesis import given
from hypothesis import strategies as st

from agents.selection.labelled import LabelledPool
from agents.selection.pool import Judgement, Option, Pool, Probe, Test
from agents.selection.subsets import at_most, restricted

FULL = Pool(
    options=tuple(Option(key=key, source=key, changed_lines=1) for key in "abcd"),
    tests=(
        Test(id="t", origin="written"),
        Test(id="of a", origin="author", author="a"),
        Test(id="of b", origin="author", author="b"),
    ),
    results={
        "t": dict.fromkeys("abcd", "passed"),
        "of a": dict.fromkeys("abcd", "failed"),
        "of b": {"a": "passed"},
    },
    probes=(Probe(id="p", outputs={"a": "1", "c": "2"}, believed=("2",)),),
    judgements=(
        Judgement(shown=("a", "b"), preferred="a"),
        Judgement(shown=("c", "a"), preferred=None),
    ),
)
LABELLED = LabelledPool(issue="i", pool=FULL, right=frozenset("ad"), costs={"tests": 3.0})


def test_what_others_brought_or_appear_in_goes_with_them() -> None:
    left = restricted(FULL, frozenset("ca"))
    assert [option.key for option in left.options] == ["a", "c"]
    assert [test.id for test in left.tests] == ["t", "of a"]
    assert left.results == {
        "t": {"a": "passed", "c": "passed"},
        "of a": {"a": "failed", "c": "failed"},
    }
    assert left.judgements == (Judgement(shown=("c", "a"), preferred=None),)
    assert restricted(FULL, frozenset("b")).probes == (Probe(id="p", outputs={}, believed=("2",)),)


@given(st.integers(0, 6), st.integers())
def test_as_many_as_were_asked_for_and_labels_of_these_alone(k: int, seed: int) -> None:
    left = at_most(LABELLED, k, Random(seed))
    keys = {option.key for option in left.pool.options}
    assert len(keys) == min(k, 4)
    assert left.right == frozenset("ad") & keys
    assert left == at_most(LABELLED, k, Random(seed))


def test_every_candidate_is_kept_at_times() -> None:
    kept = [at_most(LABELLED, 1, Random(seed)).pool.options[0].key for seed in range(400)]
    assert all(60 < kept.count(key) < 140 for key in "abcd")
