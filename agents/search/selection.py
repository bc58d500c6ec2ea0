"""Selection rules: pure functions of a node's statistics. Values lie in [0, 1]."""

import math

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


def widening_limit(node: Node, k: float, alpha: float) -> int:
    """How many children the node may have now: ``max(1, ceil(k·(N + O)^alpha))``.

    Progressive widening (Coulom 2007; Chaslot et al. 2008).
    """
    return max(1, math.ceil(k * math.pow(node.visits + node.pending, alpha)))
