"""What tokens cost. Prices change weekly, so the table is the owner's: a JSON file.

    {"gpt-x-mini": {"prompt": 0.25, "cached": 0.025, "completion": 2.0}}

Figures are USD per million tokens. There is no built-in table: a price that was right on the day
of a release and wrong on the day of the bill is worse than ``unknown``, which a search with a USD
limit refuses at its start (PriceUnknown) instead of overspending.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from agents.errors import ModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD per million tokens, each at least 0."""

    prompt: float
    cached: float
    """For those prompt tokens that hit the provider's prefix cache."""
    completion: float

    def __post_init__(self) -> None:
        for figure in (self.prompt, self.cached, self.completion):
            if not 0 <= figure < float("inf"):
                raise ValueError(f"a price must be a number of at least 0, not {figure}")

    def cost(self, prompt_tokens: int, cached_tokens: int, completion_tokens: int) -> float:
        """USD. `cached_tokens` is a part of `prompt_tokens`, not an addition to it."""
        cached = min(cached_tokens, prompt_tokens)
        total = (prompt_tokens - cached) * self.prompt + cached * self.cached
        return (total + completion_tokens * self.completion) / 1_000_000


FREE = Price(prompt=0.0, cached=0.0, completion=0.0)


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Model name → price."""

    prices: Mapping[str, Price]

    @classmethod
    def load(cls, path: Path | None) -> Self:
        """Read the owner's table; None is the empty table. Raises: ModelError, naming the line."""
        if path is None:
            return cls({})
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            return cls({name: _price(row) for name, row in rows.items()})
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError(
                f"price table {path} cannot be read ({type(error).__name__}: {error}); it must be "
                'JSON like {"MODEL": {"prompt": 0.25, "cached": 0.025, "completion": 2.0}}'
            ) from error

    def price(self, model: str, *, free: bool = False) -> Price | None:
        """The price of `model`; None when unknown.

        `free` is the owner's word that the endpoint bills nobody. It is never derived from the
        address: a loopback port may well be a proxy to a paid provider.
        """
        return FREE if free else self.prices.get(model)


def _price(row: Mapping[str, float]) -> Price:
    prompt = float(row["prompt"])
    cached = float(row.get("cached", prompt))
    return Price(prompt=prompt, cached=cached, completion=float(row["completion"]))
