from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.calibration import ECE_FROM
from agents.selection.answers import Answer, answers
from agents.selection.choice import Choice, Selector
from agents.selection.intervals import Interval
from agents.selection.labelled import LabelledPool
from agents.selection.measure import Figures, ahead, costs, figures, measure
from agents.selection.pool import Pool
from agents.selection.selectors import SELECTORS
from tests.agents.selection.made import option, pool


def labelled(issue: str, size: int, right: str, **of: float) -> LabelledPool:
    """Candidates a, b, c ... of which those named are right."""
    options = [option(key) for key in "abcdef"[:size]]
    return LabelledPool(issue=issue, pool=pool(options), right=frozenset(right), costs=of)


POOLS = [
    labelled("1", 2, "a"),  # by lot 1/2
    labelled("2", 4, "d"),  # by lot 1/4
    labelled("3", 3, ""),  # by lot 0
    labelled("4", 2, "ab"),  # by lot 1
]


def always(key: str, confidence: float = 0.0) -> Selector:
    return lambda _pool, _random: Choice(chosen=key, confidence=confidence)


def never(_pool: Pool, _random: Random) -> Choice:
    return Choice(chosen=None, confidence=0.3)


def value(found: Interval | None) -> float:
    assert found is not None
    return found.value


def test_figures_by_hand() -> None:
    found = measure(POOLS, always("a"))
    # right for 1 and 4; by lot (1/2 + 1/4 + 0 + 1) / 4; possible for 1, 2 and 4
    assert value(found.selected) == pytest.approx(2 / 4)
    assert value(found.random) == pytest.approx(1.75 / 4)
    assert value(found.oracle) == pytest.approx(3 / 4)
    assert value(found.efficiency) == pytest.approx(2 / 3)
    # 2 less 1.75, of 3 less 1.75
    assert value(found.gap_closure) == pytest.approx(0.2)
    assert (found.n, found.k, value(found.abstained)) == (4, None, 0.0)


def test_to_abstain_is_not_to_resolve() -> None:
    def unsure(given_: Pool, random: Random) -> Choice:
        return Choice(chosen="a") if len(given_.options) == 2 else never(given_, random)

    found = measure(POOLS, unsure)
    assert value(found.selected) == pytest.approx(2 / 4)
    assert value(found.abstained) == pytest.approx(2 / 4)
    assert value(found.precision) == 1.0


def test_who_never_answers_is_worse_than_by_lot() -> None:
    found = measure(POOLS, never)
    assert value(found.abstained) == 1.0
    assert found.precision is None
    assert found.missing["precision"] == "nothing was answered"
    assert value(found.gap_closure) == pytest.approx(-1.75 / 1.25)
    assert found.brier is None


def test_the_oracle_closes_the_gap() -> None:
    found = figures([Answer(random=0.3, oracle=True, selected=True, confidence=1.0)] * 3)
    assert (value(found.gap_closure), value(found.efficiency)) == (1.0, 1.0)


def test_brier_and_auc_by_hand() -> None:
    given_ = [
        Answer(random=0.5, oracle=True, selected=True, confidence=0.8),
        Answer(random=0.5, oracle=True, selected=False, confidence=0.4),
        Answer(random=0.5, oracle=True, selected=True, confidence=0.4),
        Answer(random=0.5, oracle=True, selected=False, confidence=None),
    ]
    found = figures(given_)
    # 0.04 + 0.16 + 0.36, of three answers; 0.8 > 0.4 and 0.4 = 0.4 (half)
    assert value(found.brier) == pytest.approx(0.56 / 3)
    assert value(found.auc) == pytest.approx(0.75)
    assert found.ece is None
    assert found.missing["ece"] == f"it needs {ECE_FROM} pairs or more, and there are 3"


def test_an_ece_needs_many_answers() -> None:
    half = [
        Answer(random=0.5, oracle=True, selected=bool(n % 2), confidence=0.7)
        for n in range(ECE_FROM)
    ]
    assert figures(half, resamples=10).ece == pytest.approx(0.2)


def test_a_rule_without_belief_has_no_brier() -> None:
    found = measure(POOLS, always("a"))
    assert (found.brier, found.auc, found.ece) == (None, None, None)
    assert found.missing["brier"] == "no answer has a confidence"


def test_nothing_measured_says_nothing() -> None:
    found = measure([], always("a"))
    assert (found.n, found.selected, found.gap_closure, found.brier) == (0, None, None, None)
    assert found.missing["selected"] == "there are no issues"


def test_where_choosing_makes_no_difference_there_is_no_gap() -> None:
    found = measure([labelled("1", 3, "abc"), labelled("2", 2, "")], always("a"))
    assert found.gap_closure is None
    assert "both right and wrong" in found.missing["gap_closure"]
    assert measure([labelled("2", 2, "")], always("a")).missing["efficiency"]


def test_two_pools_of_one_issue_are_refused() -> None:
    with pytest.raises(ValueError, match="same issue"):
        measure([POOLS[0], POOLS[0]], always("a"))


def test_a_choice_that_is_not_in_the_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="1: there is no candidate z"):
        measure(POOLS, always("z"))


def test_fewer_candidates_are_the_same_for_every_selector() -> None:
    sides = [answers(POOLS, SELECTORS[name], k=2, seed=3) for name in ("first", "random_choice")]
    assert [a.random for a in sides[0]] == [a.random for a in sides[1]]
    assert measure(POOLS, SELECTORS["first"], k=2).k == 2


def test_one_candidate_leaves_nothing_to_choose() -> None:
    found = answers(POOLS, SELECTORS["first"], k=1)
    assert [a.selected for a in found] == [a.oracle for a in found] == [a.random for a in found]


def test_costs_are_means_by_stage() -> None:
    given_ = [labelled("1", 2, "a", tests=4.0), labelled("2", 2, "a", tests=2.0, judge=1.0)]
    assert costs(given_) == {"judge": 0.5, "tests": 3.0}
    assert costs([]) == {}


def test_who_is_ahead_is_by_the_same_issues() -> None:
    best = answers(POOLS, always("a"))
    found = ahead(best, answers(POOLS, always("b")))
    # both right for 4, one for 1: (2 - 1) / 1.25
    assert value(found) == pytest.approx(0.8)
    assert ahead(best, best) == Interval(value=0.0, low=0.0, high=0.0)
    with pytest.raises(ValueError, match="different issues"):
        ahead(best, best[:2])


SIZED = st.integers(1, 5).flatmap(
    lambda size: st.tuples(st.just(size), st.sets(st.sampled_from("abcdef"[:size])))
)
SETS = st.lists(SIZED, min_size=1, max_size=6).map(
    lambda sizes: [labelled(str(n), size, "".join(right)) for n, (size, right) in enumerate(sizes)]
)


@given(SETS, st.sampled_from(sorted(SELECTORS)), st.sampled_from([None, 1, 2, 4]))
def test_no_selector_is_better_than_the_oracle(
    pools: list[LabelledPool], name: str, k: int | None
) -> None:
    found = measure(pools, SELECTORS[name], k=k, resamples=20)
    assert value(found.random) <= value(found.oracle) + 1e-12
    assert value(found.selected) <= value(found.oracle)
    for figure in filter(None, (found.efficiency, found.gap_closure)):
        assert figure.low <= figure.value + 1e-12
        assert figure.high <= 1 + 1e-9


@given(SETS, st.randoms())
def test_the_order_of_pools_changes_nothing(pools: list[LabelledPool], random: Random) -> None:
    def all_of(given_: list[LabelledPool]) -> Figures:
        return measure(given_, SELECTORS["random_choice"], k=2, resamples=20)

    mixed = list(pools)
    random.shuffle(mixed)
    assert all_of(mixed) == all_of(pools)
