import pytest

from agents.localise.divergence import diverging

SOURCE = """\
def f(text):
    if text == "AS":
        found = True
    if (
        text
    ):
        return 1
    else:
        pass
    while text:
        text = text[1:]
"""


def test_a_condition_whose_body_only_one_run_entered_is_where_they_parted() -> None:
    assert diverging(SOURCE, failing={2, 4, 10}, passing={2, 3, 4, 10}) == {2}


def test_the_whole_head_counts_and_so_does_the_else() -> None:
    assert diverging(SOURCE, failing={2, 4, 7}, passing={2, 4, 9}) == {4, 5}


def test_a_loop_that_only_one_run_entered_counts() -> None:
    assert diverging(SOURCE, failing={10, 11}, passing={10}) == {10}


@pytest.mark.parametrize(
    ("failing", "passing"), [({2, 3}, {2, 3}), ({2}, {2}), ({2}, {3}), (set(), {2, 3})]
)
def test_runs_that_went_the_same_way_or_never_met_did_not_part(
    failing: set[int], passing: set[int]
) -> None:
    assert diverging(SOURCE, failing, passing) == frozenset()


def test_what_does_not_parse_says_nothing() -> None:
    assert diverging("def f(:", {1}, {1}) == frozenset()
