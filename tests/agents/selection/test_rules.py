"""Every rule chooses by what its description says, and ends ties by lines, then by order."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.selection.choice import Choice
from agents.selection.pool import Option, Pool
from agents.selection.selectors import PUBLISHED, SELECTORS
from tests.agents.selection.made import case, option, pool

DETERMINISTIC = sorted(set(SELECTORS) - {"random_choice", "first"})


def chosen(name: str, given_: Pool, seed: int = 0) -> str | None:
    return SELECTORS[name](given_, Random(seed)).chosen


@pytest.mark.parametrize("name", SELECTORS)
def test_without_a_candidate_every_rule_abstains(name: str) -> None:
    assert SELECTORS[name](Pool(), Random(0)) == Choice(chosen=None)
    refused = pool([option("a", refused="applies")], "+")
    assert SELECTORS[name](refused, Random(0)) == Choice(chosen=None)


@pytest.mark.parametrize("name", SELECTORS)
def test_what_a_rung_refused_is_never_chosen(name: str) -> None:
    best = option("a", "s", lines=1, review=0.9, refused="builds")
    again = option("b", "s", lines=1, review=0.9, refused="builds")
    plain = option("c", lines=9, regression="-", review=0.1)
    assert chosen(name, pool([best, again, plain], "++-", judgements=[("a", "c", "a")])) == "c"


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_a_tie_goes_to_the_smaller_patch_and_is_told(name: str) -> None:
    equal = pool([option("a", lines=5), option("b", lines=4), option("c", lines=9)])
    choice = SELECTORS[name](equal, Random(0))
    assert choice.chosen == "b"


@pytest.mark.parametrize("name", sorted({*DETERMINISTIC} - {"ladder"}))
def test_then_to_the_earlier_patch(name: str) -> None:
    """Of `ladder` to the lower trial: it does not go by the order in the pool."""
    equal = [option("b"), option("a"), option("c", lines=6)]
    choice = SELECTORS[name](pool(equal), Random(0))
    assert choice == Choice(chosen="b", tie=True, runner_up="a")


def test_the_same_source_twice_is_no_tie() -> None:
    same = pool([option("a", "s"), option("b", "s")])
    assert SELECTORS["majority"](same, Random(0)) == Choice(chosen="a", runner_up="b")


def test_by_lot_every_standing_candidate_comes_up() -> None:
    given_ = pool([option("a"), option("b"), option("c", refused="applies")])
    found = {chosen("random_choice", given_, seed) for seed in range(40)}
    assert found == {"a", "b"}
    assert chosen("random_choice", given_, 7) == chosen("random_choice", given_, 7)


def test_the_first_is_the_first_that_stands() -> None:
    given_ = pool([option("a", refused="applies"), option("b", lines=90), option("c", lines=1)])
    assert chosen("first", given_) == "b"


def test_the_majority_is_of_equal_sources() -> None:
    given_ = pool([option("a", lines=1), option("b", "s", 9), option("c", "s", 9)], "+--")
    assert chosen("majority", given_) == "b"


def test_fewest_lines_looks_at_nothing_else() -> None:
    given_ = pool([option("a", lines=2), option("b", lines=1, regression="-")], "+-")
    assert chosen("fewest_lines", given_) == "b"


@pytest.mark.parametrize(("marks", "best"), [("-?+", "c"), ("-?-", "b"), ("---", "a")])
def test_a_missing_report_ranks_below_passed_and_above_failed(marks: str, best: str) -> None:
    options = [option(key, regression=mark) for key, mark in zip("abc", marks, strict=True)]
    assert chosen("regression_only", pool(options)) == best


def test_tests_only_counts_no_authors_own_test() -> None:
    options = [option("a"), option("b")]
    rows = ("-+", "+-", "+-")
    own = (case(0), case(1, author="a"), case(2, author="a"))
    assert chosen("tests_only", pool(options, *rows, tests=own)) == "b"
    assert chosen("passing_tests", pool(options, *rows, tests=own)) == "a"


@pytest.mark.parametrize("name", ["tests_only", *PUBLISHED])
def test_a_test_that_passes_on_the_base_does_not_count(name: str) -> None:
    tests = (case(0), case(1, on_base="passed"), case(2, on_base="unknown"))
    options = [option("a"), option("b"), option("c")]
    given_ = pool(options, "-+-", "+--", "+--", tests=tests)
    assert chosen(name, given_) == "b"


@pytest.mark.parametrize("name", ["tests_only", *PUBLISHED])
def test_an_unknown_run_is_not_a_pass(name: str) -> None:
    assert chosen(name, pool([option("a"), option("b"), option("c")], "?+-")) == "b"


def test_a_judge_counts_wins_less_losses() -> None:
    given_ = pool(
        [option("a"), option("b"), option("c")],
        judgements=[("a", "b", "b"), ("b", "a", "b"), ("a", "c", "a"), ("a", "c", "a"), ("b", "c", None)],
    )  # fmt: skip
    assert chosen("judge_only", given_) == "b"


def test_where_comparisons_are_equal_the_review_decides() -> None:
    given_ = pool([option("a", review=0.4), option("b"), option("c", review=0.6)])
    assert chosen("judge_only", given_) == "c"


def test_agentless_asks_the_suite_then_tests_then_the_majority() -> None:
    options = [
        option("popular", "s", regression="-"),
        option("again", "s", regression="-"),
        option("fails", "t"),
        option("passes", "u", lines=9),
        option("passes too", "v", lines=10),
        option("passes again", "v", lines=10),
    ]
    assert chosen("agentless", pool(options, "++-+++")) == "passes too"


def test_agentless_keeps_what_is_broken_where_all_is() -> None:
    options = [option("a", regression="-"), option("b", regression="-")]
    assert chosen("agentless", pool(options, "-+")) == "b"


def test_the_better_half_is_taken_before_any_test_is_asked() -> None:
    options = [
        option("a", review=0.1),
        option("b", review=0.8, regression="-"),
        option("c", review=0.7),
        option("d", review=0.2),
    ]
    assert chosen("top_half", pool(options, "++-+")) == "c"


def test_an_odd_half_is_the_larger_one() -> None:
    options = [option("a", review=0.9), option("b", review=0.5), option("c", review=0.1)]
    assert chosen("top_half", pool(options, "-++")) == "b"


def test_what_tests_leave_equal_the_review_decides() -> None:
    options = [option("a", review=0.6, lines=1), option("b", review=0.9), option("c", review=0.1)]
    assert chosen("top_half", pool(options, "+++")) == "b"


OPTIONS = st.lists(
    st.builds(
        option,
        st.sampled_from([f"k{n}" for n in range(8)]),
        st.sampled_from("xyz"),
        st.integers(0, 3),
        st.sampled_from("+-?"),
        st.none() | st.floats(0, 1),
        st.sampled_from(["", "", "applies"]),
    ),
    max_size=6,
    unique_by=lambda option: option.key,
)


@pytest.mark.parametrize("name", SELECTORS)
@given(OPTIONS, st.data())
def test_a_rule_is_pure_and_chooses_one_that_stands(
    name: str, options: list[Option], data: st.DataObject
) -> None:
    row = st.text("+-?", min_size=len(options), max_size=len(options))
    given_ = pool(options, *data.draw(st.lists(row, max_size=3)))
    choice = SELECTORS[name](given_, Random(1))
    assert choice == SELECTORS[name](given_, Random(1))
    standing = [option.key for option in given_.standing]
    assert (choice.chosen in standing) is bool(standing)
    assert choice.runner_up is None or choice.runner_up in set(standing) - {choice.chosen}
