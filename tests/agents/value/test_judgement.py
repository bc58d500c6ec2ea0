import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.protocol import estimate_tokens
from agents.value.judgement import CRITIQUE_TOKENS, Judgement, Unreadable, read_judgement


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Right place.\nVALUE: 0.7", 0.7),
        ("value: .5", 0.5),
        ("VALUE: 1", 1.0),
        ("VALUE: 0.", 0.0),
        ("**Value:** 0.35\n", 0.35),
        ("`VALUE: 0.35`", 0.35),
        ("VALUE: (0.8)", 0.8),
        ("Value (0 to 1): 0.4", 0.4),
        ("Score = 70 %", 0.7),
        ("Rating: 7/10", 0.7),
        ("Probability: 8 out of 10", 0.8),
        ("VALUE: 0,25", 0.25),
        ('{"critique": "It is half done.", "value": 0.6}', 0.6),
        ("It is half done.\n0.5", 0.5),
        ("0.9", 0.9),
        ("I would say that the value is 0.3 here.", 0.3),
        ("VALUE: 0.2\nOn reflection:\nVALUE: 0.6", 0.6),
        ("VALUE: 0.4. The guard is missing in low().", 0.4),
        ("VALUE: 0.8\nThe code does not handle\nvalue = 0", 0.8),
        ("**VALUE:** 7/10\nscore: 0", 0.7),
        ("The returned value is 3, not 1.\nVALUE: 0.1", 0.1),
    ],
)
def test_a_number_is_read_in_many_forms(text: str, value: float) -> None:
    read = read_judgement(text)
    assert isinstance(read, Judgement)
    assert read.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["", "Good work.", "VALUE: (a number from 0 to 1)", "VALUE: high", "VALUE: 1e-3", "VALUE: 1E-3",
     "VALUE: 8", "VALUE: -0.3", "VALUE: 150%", "VALUE: 3/0", "VALUE: 99999999999999999"],
)  # fmt: skip
def test_a_number_that_is_missing_or_out_of_range_is_none(text: str) -> None:
    assert isinstance(read_judgement(text), Unreadable)


def test_the_problem_names_the_number_that_is_out_of_range() -> None:
    assert read_judgement("VALUE: 8") == Unreadable("8 is not between 0 and 1", "")


@pytest.mark.parametrize(
    ("text", "critique"),
    [
        ("The guard\n\n  is missing.\nVALUE: 0.7", "The guard is missing."),
        ("VALUE: 0.7\nThe guard is missing.", "The guard is missing."),
        ('{"critique": "It is half done.", "value": 0.6}', "It is half done."),
        ("**Critique:** Half done.\n\n**Value:** 0.6", "Half done."),
        ("0.6", ""),
    ],
)
def test_the_paragraph_is_what_stands_beside_the_number(text: str, critique: str) -> None:
    assert read_judgement(text).critique == critique


def test_a_long_reply_keeps_its_number_and_a_bounded_paragraph() -> None:
    read = read_judgement("wrong line " * 50_000 + "\nVALUE: 0.5")
    assert isinstance(read, Judgement)
    assert read.value == 0.5
    assert 0 < estimate_tokens(read.critique) <= CRITIQUE_TOKENS


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read = read_judgement(text)
    assert isinstance(read, Unreadable) or 0.0 <= read.value <= 1.0


@given(st.integers(0, 1000), st.text(alphabet=st.characters(exclude_characters="0123456789")))
def test_a_last_line_in_the_asked_form_is_always_understood(share: int, words: str) -> None:
    read = read_judgement(f"{words}\nVALUE: {share / 1000}")
    assert isinstance(read, Judgement)
    assert read.value == pytest.approx(share / 1000)
