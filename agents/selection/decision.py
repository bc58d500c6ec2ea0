"""From beliefs to a choice, or none. Pure."""

from collections.abc import Callable
from random import Random

from agents.selection.choice import Choice
from agents.selection.grouping import rank
from agents.selection.pool import Option, Pool
from agents.selection.posterior import Posterior, posterior

EQUAL = 1e-6
"""Beliefs that differ by less are equal: the evidence does not settle it."""


def as_it_is(belief: float) -> float:
    """The map from belief to confidence that changes nothing."""
    return belief


def decide(
    pool: Pool,
    found: Posterior,
    threshold: float = 0.0,
    confidence: Callable[[float], float] = as_it_is,
) -> Choice:
    """The candidate that is most probably right; none where the confidence in it is below
    `threshold`, in [0, 1].

    A tie is settled by the faster patch where the issue asks for speed, then by the smaller one,
    then by the earlier one, and reported. Without a tie, the runner-up is the best candidate that
    behaves otherwise, where there is one.
    """
    ranked = sorted(pool.standing, key=lambda option: _order(option, found))
    if not ranked:
        return Choice(chosen=None)
    first = ranked[0]
    behaviour = {key: n for n, b in enumerate(found.behaviours) for key in b.options}
    others = [option for option in ranked if option.source != first.source]
    equal = [o for o in others if found.right[first.key] - found.right[o.key] < EQUAL]
    rivals = equal or [o for o in others if behaviour[o.key] != behaviour[first.key]] or others
    believed = confidence(found.right[first.key])
    return Choice(
        chosen=first.key if believed >= threshold else None,
        confidence=believed,
        tie=bool(equal),
        runner_up=rivals[0].key if rivals else None,
    )


def ladder(pool: Pool, rng: Random) -> Choice:  # noqa: ARG001 - nothing is left to chance
    """Budwood's own selector: all evidence of the pool, never abstaining while a candidate stands."""
    return decide(pool, posterior(pool))


def _order(option: Option, found: Posterior) -> tuple[float, float, int, int, str]:
    belief = round(found.right[option.key] / EQUAL)
    return (-belief, -(option.speed or 0.0), *rank(option))
