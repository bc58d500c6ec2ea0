"""Any patch that keeps the repository's own tests passing."""

from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Option, Pool
from agents.selection.rules.ranking import highest, smallest, worth


def regression_only(pool: Pool, random: Random) -> Choice:  # noqa: ARG001 - a selector's form
    """Abstains where nothing stands."""
    return smallest(least_broken(pool.standing))


def least_broken(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Those with the best mark that any has: passed, else unknown, else failed."""
    return highest(options, lambda option: worth(option.regression))
