"""Text of others on a terminal."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.commands.failures import say
from service.console.harmless import harmless, in_a_line, plain
from service.console.progress_view import progress_view
from service.console.tree_view import tree_view
from tests.service.console.drawing import drawn
from tests.service.console.test_views import RECORD, told

HOSTILE = "[red]\x1b[2J\x9b1m\u202e"
SHOWN = r"[red]\x1b[2J\x9b1m\u202e"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\rb\x08\x07\0", r"a\rb\x08\x07\x00"),
        ("\x9b2J", r"\x9b2J"),
        ("right\u202eleft\u2066\u200b", r"right\u202eleft\u2066\u200b"),
        ("half \ud800", r"half \ud800"),
        ("tag \U000e0041", r"tag \U000e0041"),
        ("two\n\tlines", "two\n\tlines"),
        ("é 漢 🌱 [red]", "é 漢 🌱 [red]"),
    ],
)
def test_what_cannot_be_printed_shows_as_its_escape(text: str, shown: str) -> None:
    assert harmless(text) == shown
    assert plain(text).plain == shown


@given(st.text(st.characters()))
def test_nothing_but_line_ends_and_tabs_is_left_that_cannot_be_printed(text: str) -> None:
    assert all(c.isprintable() or c in "\n\t" for c in harmless(text))
    harmless(text).encode()


@given(st.text(), st.integers(1, 30))
def test_a_line_is_one_and_no_longer_than_asked(text: str, most: int) -> None:
    line = in_a_line(text, most)
    assert line.isprintable()
    assert len(line) <= most


def test_a_line_that_was_cut_says_so() -> None:
    assert in_a_line("a\n  b\tc d", 6) == "a b c…"
    assert in_a_line("a\n  b\tc", 6) == "a b c"


def test_the_tree_shows_hostile_edits_and_replies_harmlessly() -> None:
    trials = (
        told(0, summary=HOSTILE, value=0.5),
        told(1, kind="failed", reason=HOSTILE, feedback=HOSTILE),
    )
    record = replace(RECORD, trials=trials, issue=replace(RECORD.issue, repo=HOSTILE))
    assert drawn(tree_view(record)).count(SHOWN) == 4
    assert "\x1b" not in drawn(progress_view(record, 1.0))


def test_a_message_does_not_hand_on_escape_sequences(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    assert capsys.readouterr().err == f"budwood: {SHOWN}\n"
