"""The patch that was written most often, by equal normalised source.

Self-consistency: Wang et al., ICLR 2023, with source in place of the answer.
"""

from collections import Counter
from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Option, Pool
from agents.selection.rules.ranking import highest, smallest


def majority(pool: Pool, random: Random) -> Choice:  # noqa: ARG001 - a selector's form
    """Abstains where nothing stands."""
    return smallest(most_written(pool.standing))


def most_written(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Those in a largest group of equal source."""
    size = Counter(option.source for option in options)
    return highest(options, lambda option: size[option.source])
