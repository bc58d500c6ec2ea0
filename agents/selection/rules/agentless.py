"""Regression tests, then reproduction tests, then the majority by normalised source.

Xia et al. 2024 (arXiv:2407.01489), section on patch validation. Each step keeps the best that the
last one left.
"""

from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Pool
from agents.selection.rules.majority import most_written
from agents.selection.rules.ranking import smallest
from agents.selection.rules.regression_only import least_broken
from agents.selection.rules.tests_only import most_passing


def agentless(pool: Pool, random: Random) -> Choice:  # noqa: ARG001 - a selector's form
    """Abstains where nothing stands."""
    kept = most_passing(pool, least_broken(pool.standing))
    return smallest(most_written(kept))
