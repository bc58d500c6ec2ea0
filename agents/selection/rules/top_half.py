"""The better half by a reviewer that runs nothing, then regression, then tests: R2E-Gym's hybrid.

Jain et al. 2025 (arXiv:2504.07164), section 4: execution-free verifiers are biased by style and
tests seldom tell patches apart, so the one narrows and the other decides.
"""

from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Option, Pool
from agents.selection.rules.judge_only import UNREVIEWED
from agents.selection.rules.ranking import highest, passes, reproducing, smallest
from agents.selection.rules.regression_only import least_broken


def top_half(pool: Pool, random: Random) -> Choice:  # noqa: ARG001 - a selector's form
    """Abstains where nothing stands. What tests leave equal, the review decides."""
    ranked = sorted(pool.standing, key=_belief, reverse=True)
    half = tuple(ranked[: (len(ranked) + 1) // 2])
    tests = reproducing(pool)
    passing = highest(least_broken(half), lambda option: passes(pool, option, tests))
    return smallest(highest(passing, _belief))


def _belief(option: Option) -> float:
    return UNREVIEWED if option.review is None else option.review
