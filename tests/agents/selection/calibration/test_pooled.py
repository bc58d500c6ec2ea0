from random import Random

from agents.selection.calibration.labelled_belief import LabelledBelief
from agents.selection.calibration.pooled import pairs_of
from agents.selection.choice import Choice
from agents.selection.labelled import LabelledPool
from agents.selection.pool import Option, Pool


def pool(issue: str, *right: str) -> LabelledPool:
    options = tuple(Option(key=key, source=key, changed_lines=1) for key in "ab")
    return LabelledPool(issue=issue, pool=Pool(options=options), right=frozenset(right))


def repo_of(labelled: LabelledPool) -> str:
    return labelled.issue.split("-")[0]


def first(found: Pool, _rng: Random) -> Choice:
    return Choice(chosen=found.options[0].key, confidence=0.75)


def one_of(found: Pool, rng: Random) -> Choice:
    return Choice(chosen=rng.choice(found.options).key, confidence=rng.random())


def test_a_choice_is_set_beside_its_label() -> None:
    assert pairs_of([pool("x-1", "a"), pool("y-2", "b")], first, repo_of=repo_of) == [
        LabelledBelief(issue="x-1", repo="x", belief=0.75, right=True),
        LabelledBelief(issue="y-2", repo="y", belief=0.75, right=False),
    ]


def test_an_abstention_is_left_out() -> None:
    def silent(_pool: Pool, _rng: Random) -> Choice:
        return Choice(chosen=None)

    assert pairs_of([pool("x-1", "a")], silent, repo_of=repo_of) == []


def test_a_pool_fares_the_same_in_any_company() -> None:
    many = [pool(f"x-{n}", "a") for n in range(8)]
    alone = [pairs_of([one], one_of, repo_of=repo_of)[0] for one in many]
    assert alone == pairs_of(many, one_of, repo_of=repo_of)
    assert {sample.right for sample in alone} == {True, False}
