from collections import Counter
from math import isclose, log

from hypothesis import given
from hypothesis import strategies as st

from agents.localise.bm25 import bm25, idf

DOCUMENTS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.dictionaries(st.sampled_from(["cat", "dog", "eel"]), st.integers(1, 5)).map(Counter),
)


def test_a_score_worked_by_hand() -> None:
    # Two documents, one holds the word: idf = ln(1 + 1.5/1.5) = ln 2. Length 2, mean 1.5:
    # 1.2 · (0.25 + 0.75 · 2/1.5) = 1.5, so 2 · 2.2 / (2 + 1.5).
    found = bm25(["cat"], {"a": Counter(cat=2), "b": Counter(dog=1)})
    assert list(found) == ["a"]
    assert isclose(found["a"], log(2) * 4.4 / 3.5)


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    assert isclose(idf(3, 1), log(1 + 2.5 / 1.5))
    documents = {"a": Counter(cat=1), "b": Counter(dog=1), "c": Counter(dog=1)}
    found = bm25(["cat", "dog"], documents)
    assert found["a"] > found["b"] == found["c"] > 0


def test_of_two_documents_the_shorter_one_is_more_about_the_word() -> None:
    found = bm25(["cat"], {"short": Counter(cat=1), "long": Counter(cat=1, dog=9)})
    assert found["short"] > found["long"]


def test_repeating_a_word_in_the_query_changes_nothing() -> None:
    documents = {"a": Counter(cat=1), "b": Counter(dog=1)}
    assert bm25(["cat", "cat"], documents) == bm25(["cat"], documents)


def test_nothing_answers_an_empty_query_or_comes_out_of_nothing() -> None:
    assert bm25([], {"a": Counter(cat=1)}) == {}
    assert bm25(["cat"], {}) == {}
    assert bm25(["cat"], {"a": Counter()}) == {}


@given(DOCUMENTS, st.permutations(["cat", "dog", "eel"]))
def test_no_order_matters_and_scores_are_above_0(
    documents: dict[str, Counter[str]], query: list[str]
) -> None:
    found = bm25(query, documents)
    assert found == bm25(sorted(query), dict(reversed(documents.items())))
    assert set(found) == {key for key, counts in documents.items() if counts}
    assert all(score > 0 for score in found.values())
