"""Inputs that tell candidates apart, and which output is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.protocol import Request, estimate_prompt
from agents.verify.judging.outputs import read_output
from agents.verify.judging.prober import CALLS, LlmProber, shuffled
from agents.verify.judging.talk import Unreadable
from agents.verify.panel import Brief
from tests.agents.verify.judging.cases import CASE, RIGHT, WRONG, Asked, diff

TWO = "```python\nprint(low(2, 1))\n```\nand\n```python\nprint(low(1, 1))\n```"


def says(output: str) -> Asked:
    """Names the number under which an output is listed."""

    def answer(request: Request) -> str:
        listed = request.messages[-1].content.split("# Outputs\n")[1]
        before = listed.split(f"```text\n{output}\n```")[0]
        return f"It should.\nOUTPUT: {before.rstrip().rsplit(chr(10), 1)[-1].rstrip('.')}"

    return Asked(answer)


def test_scripts_are_asked_for_with_both_diffs_and_without_names() -> None:
    model = Asked([TWO])
    found = LlmProber(model.journal, "m").inputs(CASE, RIGHT, WRONG, 2)
    assert found.scripts == ("print(low(2, 1))\n", "print(low(1, 1))\n")
    assert found.usage.calls == 1
    (text,) = model.texts
    assert "+    return min(a, b)" in text
    assert "+    return b" in text
    assert "Write 2 scripts" in text
    assert "trial-" not in text


def test_no_more_scripts_than_are_wanted() -> None:
    model = Asked([TWO])
    assert len(LlmProber(model.journal, "m").inputs(CASE, RIGHT, WRONG, 1).scripts) == 1
    assert LlmProber(Asked([]).journal, "m").inputs(CASE, RIGHT, WRONG, 0).scripts == ()


def test_a_reply_without_a_script_goes_back_once_and_is_then_none() -> None:
    model = Asked(["low(2, 1)", TWO])
    assert LlmProber(model.journal, "m").inputs(CASE, RIGHT, WRONG, 2).scripts
    assert "no Python script that prints" in model.requests[1].messages[-1].content
    found = LlmProber(Asked(["?", "??"]).journal, "m").inputs(CASE, RIGHT, WRONG, 2)
    assert (found.scripts, found.usage.calls) == ((), 2)


@pytest.mark.parametrize("outputs", [["1", "2", "None"], ["None", "2", "1"], ["2", "1", "None"]])
def test_the_right_output_is_named_by_the_callers_own_index(outputs: list[str]) -> None:
    model = says("1")
    found = LlmProber(model.journal, "m").expected(CASE, "print(low(2, 1))", outputs)
    assert found.output == outputs.index("1")
    assert found.usage.calls == 1


def test_the_order_of_the_list_tells_nothing_of_who_gave_what() -> None:
    model = says("1")
    prober = LlmProber(model.journal, "m")
    for outputs in (["1", "2"], ["2", "1"], ["2", "1", "2"]):
        assert prober.expected(CASE, "print(low(2, 1))", outputs).output == outputs.index("1")
    assert len(model.requests) == 1


def test_the_first_place_is_not_always_the_smallest_output() -> None:
    first = [shuffled(f"print({n})", ["a", "b"])[0] for n in range(40)]
    assert 8 < first.count("a") < 32


def test_none_of_the_outputs_may_be_right() -> None:
    model = Asked(["OUTPUT: NONE"])
    assert LlmProber(model.journal, "m").expected(CASE, "print(1)", ["1", "2"]).output is None


def test_an_answer_that_cannot_be_read_goes_back_once_and_is_then_none() -> None:
    model = Asked(["OUTPUT: 7", "OUTPUT: 2"])
    outputs = ["1", "2"]
    found = LlmProber(model.journal, "m").expected(CASE, "print(1)", outputs)
    assert outputs[found.output or 0] == shuffled("print(1)", outputs)[1]
    assert "there is no output 7" in model.requests[1].messages[-1].content
    none = LlmProber(Asked(["?", "1 or 2"]).journal, "m").expected(CASE, "print(1)", outputs)
    assert (none.output, none.usage.calls) == (None, 2)


def test_outputs_that_cannot_be_shown_apart_are_not_asked_about() -> None:
    long = ["x" * 50_000 + end + "y" * 50_000 for end in "ab"]
    assert LlmProber(Asked([]).journal, "m").expected(CASE, "print(1)", long).output is None
    assert LlmProber(Asked([]).journal, "m").expected(CASE, "print(1)", []).output is None


def test_the_issue_the_code_and_the_script_are_shown_and_no_diff() -> None:
    model = says("1")
    LlmProber(model.journal, "m").expected(CASE, "print(low(2, 1))", ["1", "2"])
    (text,) = model.texts
    for words in ("low(2, 1) gives 2, not 1.", "def low(a, b):", "print(low(2, 1))"):
        assert words in text
    assert "```diff" not in text


def test_long_patches_scripts_and_outputs_stay_below_the_ceiling() -> None:
    long = Brief(key="long", patch=diff("\n".join(f"x{n} = {n}" for n in range(9_000))))
    model = Asked(["? " * 9_000, TWO, "? " * 9_000, "OUTPUT: NONE"])
    prober = LlmProber(model.journal, "m")
    assert prober.inputs(CASE, long, RIGHT, 2).scripts
    prober.expected(CASE, "print(1)\n" * 9_000, [f"{n} " * 9_000 for n in range(3)])
    read = sum(estimate_prompt(request.messages) for request in model.requests)
    assert len(model.requests) == CALLS
    assert read + CALLS * prober.max_tokens <= prober.ceiling.tokens


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("It should.\nOUTPUT: 2", 2),
        ("**Output:** 2.", 2),
        ("OUTPUT: output #2", 2),
        ("The right output is 2", 2),
        ("Answer: (2)", 2),
        ("I computed it.\n2", 2),
        ("OUTPUT: NONE", 0),
        ("none", 0),
        ("OUTPUT: 1\nNo:\nOUTPUT: 3", 3),
    ],
)
def test_an_output_is_read_in_many_forms(text: str, number: int) -> None:
    assert read_output(text, 3) == number


@pytest.mark.parametrize(
    "text", ["", "OUTPUT: 0", "OUTPUT: 4", "OUTPUT: 1 or 2", "OUTPUT: 1, 2", "OUTPUT: 1.5", "both"]
)
def test_what_names_no_output_is_refused(text: str) -> None:
    assert isinstance(read_output(text, 3), Unreadable)


@given(st.text(), st.integers(1, 9))
def test_any_text_is_read_or_refused(text: str, number: int) -> None:
    read = read_output(text, number)
    assert isinstance(read, Unreadable) or 0 <= read <= number
