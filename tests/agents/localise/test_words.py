from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.localise.words import singular, words


def test_a_compound_counts_in_its_parts_and_as_a_whole() -> None:
    found = words("parseHTTPHeaders, parse_http")
    assert found == Counter(
        {"parse": 2, "http": 2, "header": 1, "parsehttpheaders": 1, "parse_http": 1}
    )


def test_words_that_every_issue_has_and_single_letters_say_nothing() -> None:
    assert words("It is what the x of a y does") == Counter()


def test_numbers_in_names_are_words_only_with_two_digits() -> None:
    assert words("utf8 base64") == Counter({"utf": 1, "utf8": 1, "base": 1, "64": 1, "base64": 1})


@pytest.mark.parametrize(
    ("plural", "expected"),
    [("queries", "query"), ("files", "file"), ("values", "value"), ("keys", "key")]
    + [(word, word) for word in ("status", "class", "it")],
)
def test_plurals_are_their_singular(plural: str, expected: str) -> None:
    assert singular(plural) == expected


@given(st.text(), st.text())
def test_words_of_two_texts_are_those_of_each(left: str, right: str) -> None:
    assert words(f"{left}\n{right}") == words(left) + words(right)
