"""Selection rules: pure functions of a node's statistics. Values lie in [0, 1].

Everywhere N is visits and O the trials open at or below (Liu et al. 2020, "Watch the Unobserved"):
an open trial counts as a visit, so that parallel workers spread, and as no value.
"""

import math
from collections.abc import Sequence
from random import Random

from agents.search.tree import Node


def exploration_bonus(total: int, count: int, exploration: float) -> float:
    """``c·sqrt(2·ln(total) / count)``: the UCB1 term (Auer et al. 2002); infinite for count 0."""
    if count == 0:
        return math.inf
    return exploration * math.sqrt(2.0 * math.log(max(total, 1)) / count)


def uct(parent: Node, child: Node, exploration: float) -> float:
    """``Q + c·sqrt(2·ln(N_p + O_p) / (N + O))`` with O the trials open at or below (WU-UCT).

    Q is the mean of what was backed up; a child without visits stands at its own value.
    """
    total = parent.visits + parent.pending
    return child.mean_value + exploration_bonus(total, child.visits + child.pending, exploration)


def puct(parent: Node, child: Node, prior: float, exploration: float) -> float:
    """``Q + c·P·sqrt(N_p + O_p) / (1 + N + O)`` (Silver et al. 2017), `prior` P in [0, 1]."""
    total = math.sqrt(parent.visits + parent.pending)
    return child.mean_value + exploration * prior * total / (1 + child.visits + child.pending)


def priors(children: Sequence[Node]) -> list[float]:
    """The children's priors, made to sum to 1; one that has none is taken for an average one."""
    known = [child.prior for child in children if child.prior is not None]
    average = sum(known) / len(known) if known else 1.0
    weights = [average if child.prior is None else child.prior for child in children]
    total = sum(weights)
    return [weight / total if total else 1 / len(weights) for weight in weights]


def widening_limit(node: Node, k: float, alpha: float) -> int:
    """How many children the node may have now: ``max(1, ceil(k·(N + O)^alpha))``.

    Progressive widening (Coulom 2007; Chaslot et al. 2008).
    """
    return max(1, math.ceil(k * math.pow(node.visits + node.pending, alpha)))


def posterior(
    count: float, total: float, pending: int, prior: tuple[float, float]
) -> tuple[float, float]:
    """The Beta posterior ``(a + S, b + N - S)`` of a mean in [0, 1], after `count` N observations
    that add up to `total` S, under the prior Beta(a, b).

    Each pending one counts as an observation at the posterior mean: it makes surer, not better.
    """
    alpha, beta = prior[0] + total, prior[1] + count - total
    grown = 1 + pending / (alpha + beta)
    return alpha * grown, beta * grown


def thompson(
    count: float, total: float, pending: int, prior: tuple[float, float], rng: Random
) -> float:
    """A draw from `posterior` (Thompson 1933), in [0, 1]."""
    alpha, beta = posterior(count, total, pending, prior)
    return rng.betavariate(max(alpha, TINY), max(beta, TINY))


TINY = 1e-9
"""Sums of values may miss 0 by rounding, and a Beta needs more than that."""
