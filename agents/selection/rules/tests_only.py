"""The patch that passes most tests written from the issue; no author's own test counts."""

from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Option, Pool
from agents.selection.rules.ranking import highest, passes, reproducing, smallest


def tests_only(pool: Pool, random: Random) -> Choice:  # noqa: ARG001 - a selector's form
    """Abstains where nothing stands."""
    return smallest(most_passing(pool, pool.standing))


def most_passing(pool: Pool, options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Those that pass most reproduction tests."""
    tests = [test for test in reproducing(pool) if test.author is None]
    return highest(options, lambda option: passes(pool, option, tests))
