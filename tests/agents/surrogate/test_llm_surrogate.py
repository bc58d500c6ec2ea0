import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.domain import Outcome
from agents.llm.caller import SURROGATE
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.protocol import Request, estimate_prompt
from agents.llm.scripted import ScriptedModel
from agents.surrogate.hit_rate import hit_rate
from agents.surrogate.llm_surrogate import (
    LISTED,
    PROMPT_TOKENS,
    REPLY_TOKENS,
    LlmSurrogate,
    read_guess,
)
from agents.surrogate.protocol import Guess
from agents.surrogate.shortlist import shortlist
from tests.agents.surrogate.cases import broke, patch, question

TESTS = ("t/test_a.py::test_one", "t/test_a.py::test_two", "t/test_b.py::test_one")


@pytest.mark.parametrize(
    ("reply", "passes"),
    [
        ("issue: pass; broken: none", dict.fromkeys(("issue", *TESTS), True)),
        (
            "Issue: FAIL; broken: 3, 1",
            {"issue": False, TESTS[2]: False, TESTS[0]: False, TESTS[1]: True},
        ),
        ("issue = pass", {"issue": True}),
        ("broken: 12", {}),
        ("broken: 1001", {}),
        ("issue: fail; broken: 9", {"issue": False}),
        ("broken: 9, 1", {TESTS[0]: False, TESTS[1]: True, TESTS[2]: True}),
        ("I do not know.", {}),
        ("", {}),
    ],
)
def test_a_reply_is_read_generously(reply: str, passes: dict[str, bool]) -> None:
    told = read_guess(reply, TESTS)
    assert told == passes
    assert list(told) == list(passes) or "FAIL" not in reply


def test_what_it_says_breaks_is_run_first_in_its_order() -> None:
    guess = Guess(passes=read_guess("issue: fail; broken: 3, 1", TESTS))
    assert guess.suspects == (TESTS[2], TESTS[0])


@given(st.text())
def test_no_reply_is_an_error_nor_names_a_test_that_was_not_listed(reply: str) -> None:
    assert set(read_guess(reply, TESTS)) <= {"issue", *TESTS}


def test_it_is_one_small_call_under_a_number_of_its_own_and_not_paid_twice() -> None:
    asked: list[Request] = []

    def model(request: Request) -> str:
        asked.append(request)
        return "issue: pass; broken: 2"

    store = MemoryCallStore()
    surrogate = LlmSurrogate(Journal(ScriptedModel(model), store), "m")
    of = question(patch("a.py", 10), [broke(TESTS[2], patch("a.py", 10))], TESTS)
    first, again = surrogate.guess(of), surrogate.guess(of)
    assert len(asked) == 1
    assert [key[2] for key in store.records] == [SURROGATE]
    assert asked[0].max_tokens == REPLY_TOKENS
    assert (first.usage.calls, first) == (1, again)


@given(st.text(max_size=9000), st.lists(st.text(max_size=900), max_size=20))
def test_the_question_keeps_to_its_ceiling(text: str, tests: list[str]) -> None:
    asked: list[Request] = []

    def model(request: Request) -> str:
        asked.append(request)
        return ""

    surrogate = LlmSurrogate(Journal(ScriptedModel(model), MemoryCallStore()), "m")
    surrogate.guess(question(text.encode("utf-8", "replace"), (), tests))
    assert estimate_prompt(asked[0].messages) <= PROMPT_TOKENS
    assert surrogate.ceiling.tokens == PROMPT_TOKENS + REPLY_TOKENS


def test_a_few_tests_are_asked_about_what_broke_before_leading() -> None:
    passing = [f"t/test_{letter}.py::test_it" for letter in "abcdefghijkl"]
    passing += ["t/test_parser.py::test_comma", "t/test_parser.py::test_colon"]
    earlier = [broke(passing[3], patch("x.py", 9)), broke("gone", patch("x.py", 9))]
    listed = shortlist(question(patch("pkg/parser.py", 9), earlier, passing), LISTED)
    assert listed == (passing[3], *passing[-2:])


def test_the_hit_rate_counts_what_became_known() -> None:
    outcomes = [
        Outcome(trial=0, kind="expanded", guesses={"a": False, "b": True}, facts={"a": False}),
        Outcome(trial=1, kind="expanded", guesses={"a": False}, facts={"a": True}),
        Outcome(trial=2, kind="failed"),
    ]
    told = hit_rate(outcomes)
    assert (told.checked, told.right, told.rate) == (2, 1, 0.5)
    assert hit_rate([]).rate is None
