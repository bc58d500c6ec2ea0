"""`prices`: what a model's tokens cost, as far as this installation knows."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from agents.llm.pricing import Price, PriceTable
from service.commands.solve import Json
from service.config import Settings

Models = Annotated[
    list[str] | None, typer.Argument(metavar="MODEL", help="Models to look up beside the table's.")
]


def prices(models: Models = None, as_json: Json = False) -> None:
    """List the models with a price, in USD per million tokens, and those asked for without one.

    The table is BUDWOOD_MODEL_PRICES, a JSON file. BUDWOOD_MODEL is looked up in any case.
    """
    found = known(Settings(), models or [])
    if as_json:
        shown = {name: price and asdict(price) for name, price in found.items()}
        print(json.dumps(shown, indent=2))  # noqa: T201 - the command's output
        return
    for name, price in found.items():
        print(f"{name}: {told(price)}")  # noqa: T201 - the command's output


def known(settings: Settings, models: list[str]) -> dict[str, Price | None]:
    """Model → price, by name; None: unknown, and a limit in USD is refused."""
    table = PriceTable.load(settings.model_prices)
    names = {*table.prices, *models, *([settings.model] if settings.model else [])}
    return {name: table.price(name, free=settings.model_free) for name in sorted(names)}


def told(price: Price | None) -> str:
    if price is None:
        return "unknown: a limit in USD is refused until BUDWOOD_MODEL_PRICES lists it"
    return f"prompt {price.prompt:g}, cached {price.cached:g}, completion {price.completion:g}"
