"""The patch that judges like best: comparisons won less lost, then the reviewer's belief.

The execution-free selection of R2E-Gym (Jain et al. 2025, section 4), for comparisons too.
"""

from collections import Counter
from random import Random

from agents.selection.choice import Choice
from agents.selection.pool import Pool
from agents.selection.rules.ranking import highest, smallest

UNREVIEWED = 0.5


def judge_only(pool: Pool, random: Random) -> Choice:  # noqa: ARG001 - a selector's form
    """Abstains where nothing stands."""
    balance = won_less_lost(pool)
    liked = highest(pool.standing, lambda option: balance[option.key])
    believed = highest(liked, lambda option: UNREVIEWED if option.review is None else option.review)
    return smallest(believed)


def won_less_lost(pool: Pool) -> Counter[str]:
    """Candidate → comparisons won less lost; one in which neither was preferred is neither."""
    balance: Counter[str] = Counter()
    for judgement in pool.judgements:
        if judgement.preferred is not None:
            for key in judgement.shown:
                balance[key] += 1 if key == judgement.preferred else -1
    return balance
