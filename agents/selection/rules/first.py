"""The first candidate that no rung refused: what a search without a verifier would hand in."""

from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Pool


def first(pool: Pool, random: Random) -> Choice:  # noqa: ARG001 - a selector's form
    """Abstains where nothing stands."""
    return Choice(chosen=next((option.key for option in pool.standing), None))
