"""Parallel trajectories: n chains of edits, each revised serially from what execution said.

The first edit of every chain comes first, then the chain with the fewest trials goes on at its tip.
Parallel and serial compute in one scheme: CodeMonkeys (Ehrlich et al. 2025); revision from
feedback: RISE (Qu et al. 2024), CYCLE (Ding et al. 2024).
"""

from dataclasses import dataclass
from random import Random

from agents.search.parameters import parameter
from agents.search.strategy import Strategy
from agents.search.tree import ROOT, Node, NodeId, SearchTree, Trial, open_trial


@dataclass(frozen=True, slots=True)
class Trajectories(Strategy):
    """`chains` × `steps` trials at most. A trial that failed is a step of its chain."""

    chains: int = parameter(8, "n: trajectories side by side", least=1)
    steps: int = parameter(4, "m: trials of each, the first edit included", least=1)

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:  # noqa: ARG002 - the protocol's
        """Begin a chain, or go on with the one that has had the fewest trials."""
        node = self._next(tree)
        return None if node is None else open_trial(tree, node)

    def finished(self, tree: SearchTree) -> bool:
        """Every chain had its trials, found a fix or ran out of ideas."""
        return not tree.open_trials and self._next(tree) is None

    def _next(self, tree: SearchTree) -> NodeId | None:
        root = tree[ROOT]
        if root.visits + root.pending >= self.chains * self.steps:
            return None
        begun = len(root.children) + root.opening
        if not root.exhausted and begun < self.chains:
            return ROOT
        tips = {head.id: _tip(tree, head) for head in tree.children(ROOT) if self._goes_on(head)}
        waiting = [head for head, tip in tips.items() if tip is not None]
        return tips[min(waiting, key=lambda n: (tree[n].visits, n))] if waiting else None

    def _goes_on(self, head: Node) -> bool:
        """Serial: a chain with a trial open waits for it."""
        return not head.closed and not head.pending and head.visits < self.steps


def _tip(tree: SearchTree, head: Node) -> NodeId | None:
    """The newest node of a chain where an edit can be asked for: back from a dead end.

    A revision that led back to a known state is such a dead end. None where the newest one is a fix,
    or none is left.
    """
    chain = [head]
    while chain[-1].children:
        chain.append(tree[chain[-1].children[-1]])
    if chain[-1].solved:
        return None
    return next((n.id for n in reversed(chain) if not n.closed and not n.exhausted), None)
