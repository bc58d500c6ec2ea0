import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.domain import Place
from agents.llm.protocol import estimate_tokens
from agents.localise.excerpts import excerpts, module_of

SHOP = "def parse(text):\n    return int(text)\n\n\ndef price(text):\n    return parse(text)\n"
PRICE = Place(path="src/shop/core.py", name="price", start=5, end=6)
PARSE = Place(path="src/shop/core.py", name="parse", start=1, end=2)


def test_each_place_stands_under_its_path_line_and_module() -> None:
    text = excerpts((PRICE, PARSE), {"src/shop/core.py": SHOP}, ("src", "."), 500)
    assert text == (
        "# src/shop/core.py, line 5 (module shop.core): price\n"
        "def price(text):\n    return parse(text)\n\n"
        "# src/shop/core.py, line 1 (module shop.core): parse\n"
        "def parse(text):\n    return int(text)"
    )


def test_what_has_no_room_is_cut_or_left_out() -> None:
    long = Place(path="long.py", name="long", start=1, end=400)
    sources = {"long.py": "x = 1\n" * 400, "src/shop/core.py": SHOP}
    text = excerpts((long, PRICE), sources, (".",), 200)
    assert text.endswith("x = 1\n...")
    assert "price" not in text


@given(st.lists(st.integers(1, 300), max_size=9), st.integers(0, 900))
def test_there_is_never_much_more_than_was_asked_for(ends: list[int], tokens: int) -> None:
    places = [Place(path="a.py", name="f", start=1, end=end) for end in ends]
    text = excerpts(places, {"a.py": "value = call()\n" * 300}, (".",), tokens)
    assert estimate_tokens(text) <= tokens + 2 * len(ends) + 2


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("src/shop/core.py", "shop.core"),
        ("src/shop/__init__.py", "shop"),
        ("shop.py", "shop"),
        ("docs/my-conf.py", None),
        ("help.js", None),
        ("src/__init__.py", None),
    ],
)
def test_the_module_of_a_file(path: str, module: str | None) -> None:
    assert module_of(path, ("src", ".")) == module
