"""Samples, second tries and revisions, against a model that says what it was told to."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.domain import Ceiling, Issue, Usage
from agents.llm.caller import PREPARING, VERIFYING
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import Price
from agents.llm.protocol import Message, Model, Reply, Request, estimate_prompt
from agents.llm.scripted import ScriptedModel
from agents.verify.extract import ReproductionTest
from agents.verify.panel import Case
from agents.verify.writing.llm_writer import CALLS, PROMPT_TOKENS, LlmTestWriter
from agents.verify.writing.prompts import repair_prompt, revise_prompt, write_prompt
from tests.agents.gambler import PRICE, Gambler

CASE = Case(
    search="s",
    trial=PREPARING,
    issue=Issue(repo="r", base_commit="c", problem_statement="price('FREE') fails; it is 0."),
    code="# shop.py, line 1 (module shop): price\ndef price(text):\n    return int(text)",
)
OWN_COUNT = 1.05
"""A model may count a few more tokens than we estimate."""


def reply(value: int) -> str:
    return f"```python\nfrom shop import price\ndef test_it():\n    assert price() == {value}\n```"


class Listening:
    """Keeps what it was asked."""

    def __init__(self, replies: Sequence[str]) -> None:
        self.model = ScriptedModel(replies)
        self.asked: list[Request] = []

    def complete(self, request: Request) -> Reply:
        self.asked.append(request)
        return self.model.complete(request)


def writer(model: Model, **fields: object) -> LlmTestWriter:
    journal = Journal(model, MemoryCallStore(), PRICE)
    return LlmTestWriter(journal, "m", **fields)  # type: ignore[arg-type]


def test_every_sample_is_drawn_with_a_seed_of_its_own_and_warm() -> None:
    model = Listening([reply(1), reply(2), reply(3)])
    drafts = writer(model, seed=7).write(CASE, 3)
    assert [(test.id, test.call) for test in drafts.tests] == [
        ("written::1", "test_it"),
        ("written::2", "test_it"),
        ("written::3", "test_it"),
    ]
    assert "price() == 3" in drafts.tests[2].source
    assert len({request.seed for request in model.asked}) == 3
    assert all(request.temperature > 0 for request in model.asked)
    assert drafts.usage.calls == 3


def test_two_searches_do_not_draw_the_same_samples() -> None:
    models = [Listening([reply(1)] * 4) for _ in range(2)]
    for seed, model in enumerate(models):
        writer(model, seed=seed).write(CASE, 4)
    seeds = [{request.seed for request in model.asked} for model in models]
    assert seeds[0].isdisjoint(seeds[1])


def test_the_verification_does_not_ask_again_what_the_preparation_asked() -> None:
    model = Listening([reply(value) for value in range(8)])
    asking = writer(model, tests=4)
    for trial in (PREPARING, VERIFYING):
        asking.write(replace(CASE, trial=trial), 4)
    assert len({request.seed for request in model.asked}) == 8


def test_a_reply_that_cannot_be_read_goes_back_once_with_the_reason() -> None:
    model = Listening(["I would test it.", reply(1), "No.", "No."])
    drafts = writer(model).write(CASE, 2)
    assert [test.id for test in drafts.tests] == ["written::1"]
    assert len(model.asked) == 4
    assert model.asked[1].messages[-2].content == "I would test it."
    assert "0 closed ```python blocks" in model.asked[1].messages[-1].content


def test_a_revision_shows_the_test_and_what_came_of_it() -> None:
    model = Listening([reply(2)])
    test = ReproductionTest("written::3", "from shop import price\nassert price() == 1\n")
    drafts = writer(model).revise(CASE, test, "it passes")
    assert [(t.id, t.call) for t in drafts.tests] == [("written::3", "test_it")]
    assert "assert price() == 1" in model.asked[0].messages[-2].content
    assert "it passes" in model.asked[0].messages[-1].content
    assert writer(Listening(["No."])).revise(CASE, test, "it passes").tests == ()


def test_the_prompt_holds_the_issue_the_code_and_how_it_fails() -> None:
    case = Case(**{name: getattr(CASE, name) for name in ("search", "trial", "issue", "code")},
                failures=["ValueError: FREE"])  # fmt: skip
    system, user = write_prompt(case, 2_000)
    assert "```python" in system.content
    for told in ("it is 0.", "(module shop)", "ValueError: FREE"):
        assert told in user.content


def test_an_answer_that_was_paid_is_not_paid_again() -> None:
    model = Listening(["No.", reply(1), reply(2)])
    asking = writer(model)
    first = asking.write(CASE, 2)
    assert asking.write(CASE, 2) == first
    assert len(model.asked) == 3


LONG = st.text(max_size=60).map(lambda text: text * 200)


@given(LONG, LONG, st.lists(LONG, max_size=4), LONG, LONG)
def test_no_prompt_is_longer_than_what_is_promised_for_one(
    issue: str, code: str, failures: list[str], answer: str, problem: str
) -> None:
    asking = writer(ScriptedModel([]))
    told = Issue(repo="r", base_commit="c", problem_statement=issue)
    case = Case(search="s", trial=PREPARING, issue=told, code=code, failures=failures)
    first = write_prompt(case, asking.context_tokens)
    for messages in (
        first,
        repair_prompt(first, answer, problem, asking.max_tokens),
        revise_prompt(first, answer, problem, asking.max_tokens),
    ):
        assert estimate_prompt(messages) * OWN_COUNT <= PROMPT_TOKENS


def test_the_longest_prompt_uses_most_of_what_is_promised() -> None:
    asking, text = writer(ScriptedModel([])), "word " * 9_000
    told = Issue(repo="r", base_commit="c", problem_statement=text)
    case = Case(search="s", trial=PREPARING, issue=told, code=text, failures=[text])
    first: tuple[Message, ...] = write_prompt(case, asking.context_tokens)
    longest = revise_prompt(first, text, text, asking.max_tokens)
    assert estimate_prompt(longest) * OWN_COUNT > 0.85 * PROMPT_TOKENS


def spent(price: Price | None, tests: int) -> tuple[Usage, Ceiling]:
    """All that a writer can be made to pay by replies that are never of use, and what it promises."""
    asking = LlmTestWriter(Journal(Gambler(1), MemoryCallStore(), price), "m", tests=tests)
    usage = asking.write(CASE, 99).usage
    for number in range(tests):
        test = ReproductionTest(f"written::{number}", f"assert {number}")
        usage += asking.revise(CASE, test, "it passes").usage
    return usage, asking.ceiling


@pytest.mark.parametrize("tests", [1, 4])
def test_the_ceiling_counts_every_call_that_can_be_made(tests: int) -> None:
    usage, ceiling = spent(PRICE, tests)
    assert usage.calls == tests * CALLS
    assert ceiling.tokens == tests * CALLS * (PROMPT_TOKENS + 512)
    assert ceiling.usd == pytest.approx(
        PRICE.cost(tests * CALLS * PROMPT_TOKENS, 0, tests * CALLS * 512)
    )


def test_without_a_price_the_ceiling_has_none() -> None:
    assert spent(None, 1)[1].usd is None
