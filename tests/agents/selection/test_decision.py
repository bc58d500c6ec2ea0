"""A choice says whether it is one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agents.selection.decision import decide
from agents.selection.pool import Pool
from agents.selection.posterior import posterior
from tests.agents.selection.pools import pool_of


def test_a_tie_is_reported_and_settled_by_the_smaller_then_the_earlier_patch() -> None:
    pool = pool_of({"10": "pf", "9": "fp"})
    choice = decide(pool, posterior(pool))
    assert (choice.chosen, choice.runner_up, choice.tie) == ("9", "10", True)
    small = replace(pool, options=(replace(pool.options[0], changed_lines=1), pool.options[1]))
    choice = decide(small, posterior(small))
    assert (choice.chosen, choice.runner_up, choice.tie) == ("10", "9", True)


def test_of_an_issue_that_asks_for_speed_the_faster_one_settles_a_tie() -> None:
    pool = pool_of({"1": "", "2": ""})
    fast = replace(pool, options=(pool.options[0], replace(pool.options[1], speed=2.0)))
    assert decide(fast, posterior(fast)).chosen == "2"


def test_two_sources_that_nothing_tells_apart_are_a_tie_and_two_copies_are_none() -> None:
    pool = pool_of({"1": "pp", "2": "pp"})
    assert decide(pool, posterior(pool)).tie
    copies = pool_of({"1": "pp", "2": "pp"}, sources={"1": "same", "2": "same"})
    choice = decide(copies, posterior(copies))
    assert (choice.chosen, choice.runner_up, choice.tie) == ("1", None, False)


def test_the_runner_up_behaves_otherwise_where_one_does() -> None:
    pool = pool_of({"1": "pp", "2": "pp", "3": "pf"}, sources={"1": "same", "2": "same"})
    assert decide(pool, posterior(pool)).runner_up == "3"


def test_below_the_threshold_it_abstains_and_still_says_how_sure_it_was() -> None:
    pool = pool_of({"1": "f"})
    choice = decide(pool, posterior(pool), threshold=0.9)
    assert choice.chosen is None
    assert 0 < choice.confidence < 0.9


def test_the_threshold_is_of_the_confidence_not_of_the_belief() -> None:
    pool = pool_of({"1": "p"})
    assert decide(pool, posterior(pool), 0.5, lambda _: 0.4).chosen is None
    assert decide(pool, posterior(pool), 0.5, lambda _: 0.6).confidence == 0.6


def test_without_candidates_there_is_no_choice() -> None:
    assert decide(Pool(), posterior(Pool())).chosen is None


@given(st.integers(1, 8), st.floats(0.05, 0.95))
def test_abstention_falls_as_evidence_grows(tests: int, threshold: float) -> None:
    """Whoever is chosen on so many agreeing tests is chosen on more of them."""
    some = pool_of({"a": "p" * tests, "b": "f" * tests})
    more = pool_of({"a": "p" * (tests + 1), "b": "f" * (tests + 1)})
    before, after = (decide(p, posterior(p), threshold).chosen for p in (some, more))
    assert before in {None, after}
