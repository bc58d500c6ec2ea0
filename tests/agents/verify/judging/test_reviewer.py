"""A candidate against what the issue demands."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.protocol import Request, estimate_prompt
from agents.selection.evidence import Demand
from agents.verify.judging.demands import DEMAND_TOKENS, MOST, read_demands
from agents.verify.judging.marks import read_marks
from agents.verify.judging.places import excerpt_places, named_place
from agents.verify.judging.reviewer import CALLS, LlmReviewer, belief_of
from agents.verify.judging.talk import Unreadable
from agents.verify.panel import Brief
from tests.agents.verify.judging.cases import CASE, RIGHT, WRONG, Asked, diff

LIST = "1. low(2, 1) gives 1\n2. low(1, 2) still gives 1"
PLACES = {"pkg/core.py": {3, 4}, "pkg/other.py": {1}, "lib/other.py": {1}}
DEMANDS = ("first", "second")


def marking(request: Request) -> str:
    """Lists two demands; the change with ``min`` meets both, another one misses the second."""
    text = request.messages[-1].content
    if "# Demands" not in text:
        return LIST
    second = "MET" if "min(a, b)" in text else "NOT"
    return f"1. MET pkg/core.py:4 (it is lower)\n2. {second} pkg/core.py:400"


def test_marks_and_places_make_the_review_and_the_belief_follows_from_them() -> None:
    reviewed = LlmReviewer(Asked(marking).journal, "m").review(CASE, RIGHT)
    assert reviewed.review is not None
    assert reviewed.review.option == "trial-17"
    assert reviewed.review.demands == (
        Demand(text="low(2, 1) gives 1", met=True, where="pkg/core.py:4"),
        Demand(text="low(1, 2) still gives 1", met=True, where=""),
    )
    assert reviewed.review.belief == pytest.approx(3 / 4)
    other = LlmReviewer(Asked(marking).journal, "m").review(CASE, WRONG).review
    assert other is not None
    assert [demand.met for demand in other.demands] == [True, False]
    assert other.belief == pytest.approx(2 / 4 / 2)


def test_demands_are_asked_for_once_without_any_diff_and_paid_once() -> None:
    model = Asked(marking)
    reviewer = LlmReviewer(model.journal, "m")
    calls = [reviewer.review(CASE, brief).usage.calls for brief in (RIGHT, WRONG, RIGHT)]
    assert calls == [2, 1, 1]
    assert "return min" not in model.texts[0]
    assert "return b" not in model.texts[0]
    assert ["# Demands" in text for text in model.texts] == [False, True, True]


def test_a_verification_that_is_done_again_is_told_what_its_demands_cost_and_pays_nothing() -> None:
    model = Asked(marking)
    reviewer = LlmReviewer(model.journal, "m")
    first = reviewer.review(CASE, RIGHT)
    assert reviewer.review(replace(CASE), RIGHT) == first
    assert first.usage.calls == len(model.requests) == 2


def test_reviewers_at_once_list_the_demands_once() -> None:
    barrier = threading.Barrier(4)
    model = Asked(marking)
    reviewer = LlmReviewer(model.journal, "m")

    def review(number: int) -> int:
        barrier.wait(20)
        brief = Brief(key=str(number), patch=diff(f"return {number}"))
        return reviewer.review(CASE, brief).usage.calls

    with ThreadPoolExecutor(4) as pool:
        calls = sorted(pool.map(review, range(4)))
    assert calls == [1, 1, 1, 2]
    assert len(model.requests) == len(model.store.records) == 5


def test_no_request_names_keys_facts_or_an_authors_comment() -> None:
    claimed = Brief(
        key="trial-17", patch=diff("return min(a, b)  # surely"), facts=("12 of 12 tests pass",)
    )
    model = Asked(marking)
    LlmReviewer(model.journal, "m").review(CASE, claimed)
    assert len(model.texts) == 2
    for text in model.texts:
        for words in ("trial-", "surely", "12 of 12"):
            assert words not in text


def test_marks_that_cannot_be_read_go_back_once_and_are_then_no_review() -> None:
    model = Asked([LIST, "Looks good.", "1. MET\n2. MET"])
    assert LlmReviewer(model.journal, "m").review(CASE, RIGHT).review is not None
    reviewed = LlmReviewer(Asked([LIST, "Good.", "Very good."]).journal, "m").review(CASE, RIGHT)
    assert (reviewed.review, reviewed.usage.calls) == (None, 3)


def test_an_issue_whose_demands_cannot_be_listed_has_no_review_and_is_asked_about_once() -> None:
    model = Asked(["It must work.", "It must."])
    reviewer = LlmReviewer(model.journal, "m")
    assert [reviewer.review(CASE, brief).review for brief in (RIGHT, WRONG)] == [None, None]
    assert len(model.requests) == 2


def test_long_patches_stay_below_the_ceiling() -> None:
    long = Brief(key="long", patch=diff("\n".join(f"x{n} = {n}" for n in range(9_000))))
    many = "\n".join(f"{n}. {n} {'word ' * 100}" for n in range(1, 12))
    model = Asked(["? " * 9_000, many, "? " * 9_000, "1. MET"])
    reviewer = LlmReviewer(model.journal, "m")
    reviewed = reviewer.review(CASE, long).review
    assert reviewed is not None
    assert [demand.met for demand in reviewed.demands] == [True, *[None] * (MOST - 1)]
    read = sum(estimate_prompt(request.messages) for request in model.requests)
    assert len(model.requests) == CALLS
    assert read + CALLS * reviewer.max_tokens <= reviewer.ceiling.tokens


@pytest.mark.parametrize(
    ("marks", "belief"),
    [
        ([True, True, True], 4 / 5),
        ([True], 2 / 3),
        ([None, None], 1 / 2),
        ([True, None], 2.5 / 4),
        ([True, False], 2 / 4 / 2),
        ([False], 1 / 3 / 2),
        ([None, False], 1.5 / 4 / 2),
    ],
)
def test_the_belief_is_laplaces_rule_halved_by_a_demand_that_is_not_met(
    marks: list[bool | None], belief: float
) -> None:
    assert belief_of([Demand(text="d", met=met) for met in marks]) == pytest.approx(belief)


@given(st.lists(st.sampled_from([True, None, False]), min_size=1), st.integers(0))
def test_a_better_mark_never_lowers_the_belief(marks: list[bool | None], at: int) -> None:
    better = [*marks]
    better[at % len(marks)] = True
    before, after = (belief_of([Demand(text="d", met=met) for met in ms]) for ms in (marks, better))
    assert 0 < before <= after < 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. a\n2. b", ("a", "b")),
        ("Here:\n\n1) **a**\n2) b\n", ("a", "b")),
        ("1. a\n   more\n2. a", ("a",)),
        ("1. a\n```python\n1. x\n```\n2. b", ("a", "b")),
    ],
)
def test_demands_are_the_lines_of_a_numbered_list(text: str, found: tuple[str, ...]) -> None:
    assert read_demands(text) == found


def test_demands_are_bounded() -> None:
    found = read_demands("\n".join(f"{n}. {n} {'word ' * 100}" for n in range(1, 20)))
    assert isinstance(found, tuple)
    assert len(found) == MOST
    assert all(len(line) <= 4 * DEMAND_TOKENS for line in found)


@pytest.mark.parametrize("text", ["", "It must work.", "- a\n- b", "1.\n2."])
def test_what_is_no_list_is_refused(text: str) -> None:
    assert isinstance(read_demands(text), Unreadable)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("1. MET\n2. NOT", (True, False)),
        ("1: MET pkg/core.py:3\n2: UNKNOWN", (True, None)),
        ("**1** - MET\n**2** - NOT MET", (True, False)),
        ("1. met\n2. not met", (True, False)),
        ("Demand 1: MET\nDemand 2: UNMET", (True, False)),
        ("1 MET\n2 NOT", (True, False)),
        ("1. It gives 1: MET\n2. It does not raise: NOT", (True, False)),
        ("1.\n   MET\n2.\n   NOT", (True, False)),
        ("2. MET", (None, True)),
        ("1. MET\n1. NOT\n2. MET", (None, True)),
        ("1. MET\n3. NOT", (True, None)),
    ],
)
def test_marks_are_read_in_many_forms(text: str, marks: tuple[bool | None, ...]) -> None:
    read = read_marks(text, DEMANDS, PLACES)
    assert isinstance(read, tuple)
    assert tuple(demand.met for demand in read) == marks
    assert tuple(demand.text for demand in read) == DEMANDS


@pytest.mark.parametrize("text", ["", "All is met.", "MET", "7. MET", "1. it has met nobody"])
def test_what_marks_nothing_is_refused(text: str) -> None:
    assert isinstance(read_marks(text, DEMANDS, PLACES), Unreadable)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read = read_marks(text, DEMANDS, PLACES)
    assert isinstance(read, Unreadable) or len(read) == len(DEMANDS)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("MET pkg/core.py:3", "pkg/core.py:3"),
        ("MET (`core.py:4`)", "pkg/core.py:4"),
        ("MET pkg/core.py, line 4", "pkg/core.py:4"),
        ("MET pkg/core.py:900, pkg/core.py:4", "pkg/core.py:4"),
        ("MET pkg/core.py:900", ""),
        ("MET made/up.py:3", ""),
        ("MET other.py:1", ""),
        ("MET", ""),
    ],
)
def test_a_place_counts_only_where_it_exists(text: str, where: str) -> None:
    assert named_place(text, PLACES) == where


@pytest.mark.parametrize(
    "heading", ["a.py, from line 7:", "# a.py, line 7 (module a): f", "## a.py:7", "`a.py:7`"]
)
def test_excerpts_are_numbered_from_their_first_line(heading: str) -> None:
    code = f"{heading}\nx = f.g(12)\ny = 2\n\nb.py, from line 1:\nz = 3"
    assert excerpt_places(code) == {"a.py": {7, 8, 9}, "b.py": {1}}
