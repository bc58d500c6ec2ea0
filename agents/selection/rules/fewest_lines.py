"""The smallest patch."""

from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Pool
from agents.selection.rules.ranking import highest, smallest


def fewest_lines(pool: Pool, random: Random) -> Choice:  # noqa: ARG001 - a selector's form
    """Abstains where nothing stands."""
    return smallest(highest(pool.standing, lambda option: -option.changed_lines))
