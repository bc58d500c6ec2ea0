"""Any candidate that no rung refused, by lot: what every rule has to beat."""

from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Pool


def random_choice(pool: Pool, random: Random) -> Choice:
    """Abstains where nothing stands."""
    if not pool.standing:
        return Choice(chosen=None)
    return Choice(chosen=random.choice(pool.standing).key)
