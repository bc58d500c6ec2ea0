"""Most passing tests, then the shortest patch: the voting of CodeMonkeys.

Ehrlich et al. 2025 (arXiv:2501.14723), section on selection: every generated test, which are those
that authors brought along with their patches, is run on every patch. Their last step, a model that
chooses among the top three, is not part of this rule.
"""

from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Pool
from agents.selection.rules.ranking import highest, passes, reproducing, smallest


def passing_tests(pool: Pool, random: Random) -> Choice:  # noqa: ARG001 - a selector's form
    """Abstains where nothing stands."""
    tests, options = reproducing(pool), pool.standing
    return smallest(highest(options, lambda option: passes(pool, option, tests)))
