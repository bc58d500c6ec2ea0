"""The next unit of budget goes where it may change the choice; where nothing can, it is saved."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.selection.decision import decide
from agents.selection.evidence import Rung
from agents.selection.marginal import Means, next_measure
from agents.selection.pool import Judgement, Pool
from agents.selection.posterior import posterior
from tests.agents.selection.pools import pool_of

COSTS: dict[Rung, float] = {"written": 10.0, "judge": 10.0, "distinguish": 10.0, "rerun": 1.0}
EVEN = {"a": "pf", "b": "fp"}


def means(left: float = 100.0, **costs: float) -> Means:
    return Means(costs=costs or COSTS, left=left)  # type: ignore[arg-type]


def test_where_two_are_even_something_is_done_about_it() -> None:
    pool = pool_of(EVEN)
    advice = next_measure(pool, posterior(pool), means())
    assert advice.measure is not None
    assert advice.measure.expected_gain > 0
    assert set(advice.measure.about) <= {"a", "b", "t0", "t1"}


def test_the_cheaper_of_two_equal_means_is_taken() -> None:
    pool = pool_of(EVEN)
    first = next_measure(pool, posterior(pool), means(judge=1.0, written=500.0, left=1e4)).measure
    other = next_measure(pool, posterior(pool), means(judge=500.0, written=1.0, left=1e4)).measure
    assert first is not None
    assert other is not None
    assert (first.action, other.action) == ("judge", "written")


def test_a_leader_that_cannot_be_overtaken_ends_it() -> None:
    pool = pool_of({"a": "p" * 20, "b": "f" * 20})
    advice = next_measure(pool, posterior(pool), means(left=10.0, judge=10.0))
    assert advice.measure is None
    assert advice.stopped == "nothing that is left could change the choice"


def test_one_source_leaves_nothing_to_choose() -> None:
    pool = pool_of({"a": "p", "b": "p"}, sources={"a": "s", "b": "s"})
    assert (
        next_measure(pool, posterior(pool), means()).stopped == "there is nothing to choose between"
    )


def test_what_does_not_fit_into_the_time_is_not_taken() -> None:
    pool = pool_of(EVEN)
    assert next_measure(pool, posterior(pool), means(left=0.5)).stopped == "the time is up"


def test_a_test_is_run_again_only_where_the_choice_hangs_on_it() -> None:
    hangs = pool_of({"a": "p", "b": "f", "c": "f"}, sources={"b": "same", "c": "same"})
    again = next_measure(hangs, posterior(hangs), means(rerun=0.01)).measure
    assert again is not None
    assert (again.action, again.about) == ("rerun", ("t0",))
    settled = pool_of({"a": "ppp", "b": "ppp", "c": "fff"})
    assert next_measure(settled, posterior(settled), means(rerun=0.01)).measure is None


def test_after_enough_answers_it_stops_by_itself() -> None:
    """A judge who always says the same does not go on being asked."""
    pool, asked = pool_of({"a": "pf", "b": "fp", "c": "ff"}), 0
    while measure := next_measure(pool, posterior(pool), means(left=1e6, judge=1.0)).measure:
        first, second = measure.about
        made = tuple(
            Judgement(shown=shown, preferred=min(shown))
            for shown in ((first, second), (second, first))
        )
        pool = replace(pool, judgements=(*pool.judgements, *made))
        asked += 1
        assert asked < 10
    assert decide(pool, posterior(pool)).chosen == "a"
    assert asked >= 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text("pf", min_size=3, max_size=3), min_size=1, max_size=5))
def test_gains_are_chances_and_reasons_are_given(rows: list[str]) -> None:
    pool: Pool = pool_of({f"c{n}": marks for n, marks in enumerate(rows)})
    advice = next_measure(pool, posterior(pool), means())
    gain = 0.0 if advice.measure is None else advice.measure.expected_gain
    assert 0.0 <= gain <= 1.0
    assert bool(advice.stopped) == (advice.measure is None)
