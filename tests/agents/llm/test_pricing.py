"""Prices are the owner's; what is unknown stays unknown."""

from pathlib import Path

import pytest

from agents.errors import ModelError
from agents.llm.pricing import FREE, Price, PriceTable
from agents.llm.protocol import Message, estimate_prompt, estimate_tokens

PRICE = Price(prompt=2.0, cached=0.5, completion=8.0)


def test_a_cost_worked_by_hand() -> None:
    assert PRICE.cost(1_000_000, 0, 0) == pytest.approx(2.0)
    assert PRICE.cost(1_000_000, 400_000, 250_000) == pytest.approx(1.2 + 0.2 + 2.0)
    assert PRICE.cost(100, 900, 0) == pytest.approx(100 * 0.5 / 1e6)


@pytest.mark.parametrize("figure", [-1.0, float("nan"), float("inf")])
def test_a_price_is_a_sane_number(figure: float) -> None:
    with pytest.raises(ValueError, match="price"):
        Price(prompt=figure, cached=0, completion=0)


def test_unknown_is_none_and_free_is_only_on_request() -> None:
    table = PriceTable({"m": PRICE})
    assert table.price("m") == PRICE
    assert table.price("n") is None
    assert table.price("n", free=True) == FREE


def test_a_table_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    path.write_text('{"m": {"prompt": 2, "completion": 8}}', encoding="utf-8")
    assert PriceTable.load(path).price("m") == Price(prompt=2.0, cached=2.0, completion=8.0)
    assert PriceTable.load(None).price("m") is None


@pytest.mark.parametrize(
    "text", ["{", "[]", "3", '{"m": 3}', '{"m": {"prompt": 1}}', '{"m": {"prompt": -1}}']
)
def test_a_bad_table_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="price table"):
        PriceTable.load(path)


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="price table"):
        PriceTable.load(tmp_path / "none.json")


def test_estimates_count_other_scripts_by_character() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("abcd" * 10) == 10
    assert estimate_tokens("abcde") == 2
    assert estimate_tokens("修正してください") == 8
    assert estimate_prompt((Message("user", "abcd"), Message("user", ""))) == 4 + 1 + 4
