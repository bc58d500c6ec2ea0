"""Several models that share one search."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from agents.llm.journal import Journal


@dataclass(frozen=True, slots=True)
class WeightedJournal:
    """One model. `weight`: how often it is drawn, above 0."""

    name: str
    journal: Journal
    weight: float = 1.0


def drawn(models: Sequence[WeightedJournal], seed: str) -> WeightedJournal:
    """One of them by weight; the same seed draws the same one."""
    chance = random.Random(f"{seed}:model")  # noqa: S311 - no secret
    return chance.choices(models, [model.weight for model in models])[0]
