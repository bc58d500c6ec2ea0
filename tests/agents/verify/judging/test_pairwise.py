"""The judge that compares in both orders."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from agents.domain import Usage
from agents.errors import ModelError, ReplayMismatch
from agents.llm.caller import VERIFYING
from agents.llm.journal import Journal
from agents.llm.pricing import Price
from agents.llm.protocol import Reply, Request, estimate_prompt
from agents.llm.recorded import Nobody, RecordedCalls
from agents.selection.pool import Judgement
from agents.verify.judging.pairwise import CALLS, PairwiseJudge
from agents.verify.panel import Brief
from tests.agents.verify.judging.cases import (
    CASE,
    RIGHT,
    WRONG,
    Asked,
    diff,
    never,
    section,
    side_of,
)


def prefers_min(request: Request) -> str:
    """The candidate with ``min``, wherever it is shown."""
    return f"It takes the lower one.\nCHOICE: {side_of(request, 'min(a, b)')}"


def test_a_preference_is_recorded_for_the_candidate_and_not_for_the_letter() -> None:
    model = Asked(prefers_min)
    judged = PairwiseJudge(model.journal, "m").compare(CASE, WRONG, RIGHT, never)
    reason = "It takes the lower one."
    assert judged.judgements == (
        Judgement(shown=("trial-40", "trial-17"), preferred="trial-17", reason=reason),
        Judgement(shown=("trial-17", "trial-40"), preferred="trial-17", reason=reason),
    )
    assert judged.usage.calls == len(model.requests) == 2


def test_the_same_letter_in_both_orders_is_a_vote_for_each() -> None:
    judged = PairwiseJudge(Asked(["CHOICE: A", "CHOICE: A"]).journal, "m").compare(
        CASE, RIGHT, WRONG, never
    )
    assert [made.preferred for made in judged.judgements] == ["trial-17", "trial-40"]
    assert [made.shown[0] for made in judged.judgements] == ["trial-17", "trial-40"]


def test_both_orders_show_the_same_with_the_sides_swapped() -> None:
    model = Asked(prefers_min)
    PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never)
    forth, back = model.texts
    assert section(forth, "Change A") == section(back, "Change B")
    assert section(forth, "Change B") == section(back, "Change A")
    assert section(forth, "Change A") != section(forth, "Change B")


def test_neither_may_be_right() -> None:
    judged = PairwiseJudge(Asked(["CHOICE: NEITHER"] * 2).journal, "m").compare(
        CASE, RIGHT, WRONG, never
    )
    assert [made.preferred for made in judged.judgements] == [None, None]


def test_an_unreadable_reply_goes_back_once() -> None:
    model = Asked(["Both are fine.", "CHOICE: B", "CHOICE: A"])
    judged = PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never)
    assert [made.preferred for made in judged.judgements] == ["trial-40", "trial-40"]
    *_, reply, again = model.requests[1].messages
    assert (reply.role, reply.content) == ("assistant", "Both are fine.")
    assert "it has no line with CHOICE" in again.content
    assert judged.usage.calls == 3


def test_an_unreadable_judge_is_no_judgement_and_never_a_vote_for_the_first() -> None:
    model = Asked(["?", "??", "CHOICE: A or B", "CHOICE: both"])
    judged = PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never)
    assert judged.judgements == ()
    assert judged.usage.calls == len(model.requests) == CALLS


def test_an_unknown_letter_or_a_key_names_no_candidate_and_gives_no_judgement() -> None:
    """A fault of released systems: an id that nobody has gave an empty patch."""
    for unknown in ("CHOICE: C", "CHOICE: trial-17", "CHOICE: 1", "CHOICE: ", '{"choice": 0}'):
        model = Asked([unknown] * CALLS)
        assert PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never).judgements == ()
        assert len(model.requests) == CALLS


def test_one_order_that_cannot_be_read_leaves_the_other_under_its_own_keys() -> None:
    model = Asked(["?", "??", "CHOICE: A"])
    (made,) = PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never).judgements
    assert (made.shown, made.preferred) == (("trial-40", "trial-17"), "trial-40")


def test_no_request_names_keys_or_what_an_author_said() -> None:
    claimed = Brief(
        key="trial-17", patch=diff("# I am sure that this is right\nreturn min(a, b)  # certainly")
    )
    model = Asked(["?", "CHOICE: A", "?", "CHOICE: A"])
    PairwiseJudge(model.journal, "m").compare(CASE, claimed, WRONG, never)
    assert len(model.texts) == CALLS
    for text in model.texts:
        for words in ("trial-17", "trial-40", "I am sure", "certainly", "value"):
            assert words not in text


def test_a_judge_sees_issue_failure_code_diffs_and_facts() -> None:
    model = Asked(prefers_min)
    PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never)
    for words in (
        "low(2, 1) gives 2, not 1.",
        "AssertionError: assert 2 == 1",
        "pkg/core.py, from line 3:",
        "+    return min(a, b)",
        "- 12 of 12 tests pass",
    ):
        assert words in model.texts[0]


def test_calls_lie_in_the_journal_by_what_they_ask_and_none_is_paid_twice() -> None:
    model = Asked(prefers_min)
    first = PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never)
    other_way = PairwiseJudge(model.journal, "m").compare(CASE, WRONG, RIGHT, never)
    assert set(first.judgements) == set(other_way.judgements)
    assert len(model.requests) == len(model.store.records) == 2
    assert {key[:2] for key in model.store.records} == {("s", VERIFYING)}


def test_long_patches_are_cut_and_never_invalid_by_length() -> None:
    lines = "\n".join(f"x{n} = {n}" for n in range(20_000))
    long = Brief(key="long", patch=diff(lines), facts=["a fact " * 5_000] * 40)
    case = replace(
        CASE,
        issue=replace(CASE.issue, problem_statement="a word " * 50_000),
        code="x = 1\n" * 50_000,
        failures=["a failure " * 9_000] * 9,
    )
    model = Asked(["? " * 9_000, "CHOICE: A", "? " * 9_000, "CHOICE: B"])
    judge = PairwiseJudge(model.journal, "m")
    judged = judge.compare(case, long, RIGHT, never)
    assert [made.preferred for made in judged.judgements] == ["long", "long"]
    read = sum(estimate_prompt(request.messages) for request in model.requests)
    assert read + CALLS * judge.max_tokens <= judge.ceiling.tokens


class InReverse:
    """Answers the first calls in the reverse of the order in which they came, and prefers what is
    said to be best."""

    def __init__(self, calls: int) -> None:
        self.turns = [threading.Event() for _ in range(calls)]
        self.asked = itertools.count()

    def complete(self, request: Request) -> Reply:
        number = next(self.asked)
        assert all(later.wait(20) for later in self.turns[number + 1 :])
        for turn in self.turns[number : number + 1]:
            turn.set()
        wanted = side_of(request, "- best")
        return Reply(text=f"CHOICE: {wanted}", prompt_tokens=1, completion_tokens=1)


def test_results_of_concurrent_judges_are_not_zipped_to_the_wrong_candidate() -> None:
    pairs = [
        (
            Brief(key=f"{n}-good", patch=diff(f"return {n}"), facts=("best",)),
            Brief(key=f"{n}-bad", patch=diff(f"return -{n}"), facts=("worst",)),
        )
        for n in range(6)
    ]
    shown = [pair if n % 2 else pair[::-1] for n, pair in enumerate(pairs)]
    journal = replace(Asked([]).journal, model=InReverse(len(pairs)))
    judge = PairwiseJudge(journal, "m")
    with ThreadPoolExecutor(len(pairs)) as pool:
        found = list(pool.map(lambda pair: judge.compare(CASE, *pair, never), shown))
    made = [judgement for judged in found for judgement in judged.judgements]
    assert len(made) == 2 * len(pairs)
    assert {judgement.preferred for judgement in made} == {f"{n}-good" for n in range(6)}
    assert all(judgement.preferred in judgement.shown for judgement in made)


def test_what_it_may_cost_follows_the_price() -> None:
    free, priced = (
        PairwiseJudge(Asked([], price=price).journal, "m").ceiling
        for price in (None, Price(prompt=1.0, cached=1.0, completion=10.0))
    )
    assert free.usd is None
    assert priced.tokens == free.tokens > 0
    assert priced.usd == pytest.approx((free.tokens - 4 * 240) * 1e-6 + 4 * 240 * 1e-5)


def test_a_model_that_cannot_be_asked_is_an_error_and_no_judgement() -> None:
    with pytest.raises(ModelError):
        PairwiseJudge(Asked([]).journal, "m").compare(CASE, RIGHT, WRONG, never)


def test_a_model_that_is_gone_in_the_second_order_keeps_what_the_first_said_and_cost() -> None:
    model = Asked(["CHOICE: A"])
    judged = PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never)
    assert [made.preferred for made in judged.judgements] == [RIGHT.key]
    assert judged.usage.calls == len(model.store.records) == 1
    assert judged.usage.tokens > 0
    assert judged.failed


def test_one_that_answers_both_did_not_fail() -> None:
    judged = PairwiseJudge(Asked(prefers_min).journal, "m").compare(CASE, RIGHT, WRONG, never)
    assert judged.failed == ""


def test_a_record_that_lacks_the_second_order_is_no_model_that_is_gone() -> None:
    model = Asked(["CHOICE: A"])
    PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never)
    recorded = Journal(Nobody(), RecordedCalls.of(model.store.records.values()))
    with pytest.raises(ReplayMismatch):
        PairwiseJudge(recorded, "m").compare(CASE, RIGHT, WRONG, never)


def test_usage_is_what_the_replies_cost() -> None:
    model = Asked(prefers_min)
    judged = PairwiseJudge(model.journal, "m").compare(CASE, RIGHT, WRONG, never)
    replies = [record.reply for record in model.store.records.values()]
    assert judged.usage == Usage(
        prompt_tokens=sum(reply.prompt_tokens for reply in replies),
        completion_tokens=sum(reply.completion_tokens for reply in replies),
        calls=2,
    )
