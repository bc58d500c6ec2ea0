import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.protocol import estimate_tokens
from agents.verify.judging.choices import REASON_TOKENS, Choice, read_choice
from agents.verify.judging.talk import Unreadable


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("A keeps the order.\nCHOICE: A", "A"),
        ("choice: B", "B"),
        ("choice: b", "B"),
        ("CHOICE: (B)", "B"),
        ("**CHOICE:** B.", "B"),
        ("`CHOICE: B`", "B"),
        ("Choice = candidate B", "B"),
        ("CHOICE: Change A because it handles zero", "A"),
        ("Final decision: B", "B"),
        ('{"reason": "zero", "choice": "A"}', "A"),
        ("I looked at both.\n\nB", "B"),
        ("I looked at both.\n**Change A**", "A"),
        ("So the better is A here.", "A"),
        ("CHOICE: NEITHER", None),
        ("CHOICE: none", None),
        ("Neither.", None),
        ("CHOICE: A\nOn reflection:\nCHOICE: B", "B"),
        ("CHOICE: A\nCHOICE: A", "A"),
    ],
)
def test_a_choice_is_read_in_many_forms(text: str, side: str | None) -> None:
    read = read_choice(text)
    assert isinstance(read, Choice)
    assert read.side == side


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A is nice. B is nice.",
        "CHOICE: (A, B or NEITHER)",
        "CHOICE: A|B|NEITHER",
        "CHOICE: A or B",
        "CHOICE: A and B",
        "CHOICE: `A`/`B`",
        "CHOICE: both",
        "CHOICE: a tie",
        "CHOICE: a better change",
        "CHOICE: C",
        "CHOICE: AB",
        "CHOICE: A\nCHOICE: both",
        "CHOICE:",
    ],
)
def test_what_does_not_choose_is_no_vote(text: str) -> None:
    assert isinstance(read_choice(text), Unreadable)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A handles\n\n  zero.\nCHOICE: A", "A handles zero."),
        ("CHOICE: A\nIt handles zero.", "It handles zero."),
        ("**Reason:** It handles zero.\n**CHOICE:** A", "It handles zero."),
        ("CHOICE: A", ""),
    ],
)
def test_the_reason_is_what_stands_beside_the_choice(text: str, reason: str) -> None:
    read = read_choice(text)
    assert isinstance(read, Choice)
    assert read.reason == reason


def test_a_long_reply_keeps_its_choice_and_a_bounded_reason() -> None:
    read = read_choice("because of that " * 50_000 + "\nCHOICE: B")
    assert isinstance(read, Choice)
    assert read.side == "B"
    assert 0 < estimate_tokens(read.reason) <= REASON_TOKENS


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert isinstance(read_choice(text), Choice | Unreadable)


@given(
    st.sampled_from(["A", "B", "NEITHER"]),
    st.text(alphabet=st.characters(exclude_characters=":=", exclude_categories=["Cs"])),
)
def test_a_last_line_in_the_asked_form_is_always_understood(side: str, words: str) -> None:
    read = read_choice(f"{words}\nCHOICE: {side}")
    assert isinstance(read, Choice)
    assert read.side == (None if side == "NEITHER" else side)
