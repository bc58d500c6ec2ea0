from hypothesis import example, given
from hypothesis import strategies as st

from agents.llm.clipping import clip
from agents.llm.protocol import estimate_tokens


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert clip("short", 2) == "short"


def test_head_and_tail_stay_and_the_cut_is_marked() -> None:
    assert clip("a" * 500 + "b" * 500, 50) == "a" * 129 + "\n[...]\n" + "b" * 64


def test_a_head_that_is_denser_than_the_rest_is_cut_further() -> None:
    text = clip("\u6f22" * 1_000 + "a" * 100_000, 400)
    assert 390 <= estimate_tokens(text) <= 400
    assert "\n[...]\n" in text


@given(st.text(alphabet="ab\n\u6f22\U0001f600\ud800", max_size=300), st.integers(0, 60))
@example("long enough", 0)
@example("long enough", 1)
def test_a_clipped_text_is_never_above_its_budget(text: str, tokens: int) -> None:
    assert estimate_tokens(clip(text, tokens)) <= tokens


@given(st.integers(0, 2_000), st.integers(0, 5_000), st.integers(0, 2_000), st.integers(10, 1_000))
def test_dense_ends_leave_something_within_the_budget(
    head: int, middle: int, tail: int, tokens: int
) -> None:
    whole = "\u6f22" * head + "a" * middle + "\u6f22" * tail
    text = clip(whole, tokens)
    assert bool(text) == bool(whole)
    assert estimate_tokens(text) <= tokens
