"""One chain at first; wider only while another expansion is worth its cost; then stop.

What an expansion of node v promises, over the leader's value L:

    p(v) · (1 - L)² / (2·(1 - peak))     p(v) = w·m / (w + stale)
                                         m    = (a + gains) / (a + b + trials)

A gain is a child better than all that was known at or below its parent, which is the node's peak. p is
the posterior chance of one: the rate m of the whole search (an issue on which nothing has helped
is a hard one), and against it the trials made right here since the peak last rose. The rest
is the expected improvement when a gain's value falls anywhere between the peak and 1. Trials under
way count as trials. The most promising node is expanded, the newest among equals, so that a chain grows first;
when no promise reaches `cost`, the leader is not worth chasing and the search ends.

Compute by difficulty: Snell et al. 2024, Damani et al. 2024; progress as the reward of a step:
MRT (Qu et al. 2025). Nodes looked at: those on the way to the best value, where it rose
last, and to the newest node: O(depth × branching).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from agents.search.parameters import parameter
from agents.search.strategy import Strategy
from agents.search.tree import ROOT, Node, NodeId, SearchTree, Trial, open_trial


@dataclass(frozen=True, slots=True)
class Adaptive(Strategy):
    """`cost` decides how long it goes on where nothing helps: with the defaults, some 45 trials."""

    cost: float = parameter(0.005, "least promise, in value, for which a trial is made", least=0)
    prior_gains: float = parameter(1.0, "a: gains seen before the search", least=0)
    prior_losses: float = parameter(4.0, "b: trials without a gain seen before it", least=0.01)
    shrinkage: float = parameter(
        2.0, "w: trials that the rate of the whole search is worth", least=0.01
    )

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:  # noqa: ARG002 - the protocol's
        """Expand the most promising node, if its promise is worth a trial."""
        node = self._best(tree)
        return None if node is None else open_trial(tree, node)

    def finished(self, tree: SearchTree) -> bool:
        """Nothing is under way that could change what expansions promise."""
        return not tree.open_trials and self._best(tree) is None

    def promise(self, tree: SearchTree, node: Node) -> float:
        """By how much an expansion of `node` is expected to beat the leader, in [0, 1]."""
        leader = max(tree[tree.best].value, tree[ROOT].peak)
        if leader >= 1.0:
            return 0.0
        chance = self._chance(tree, node)
        return chance * (1.0 - leader) ** 2 / (2.0 * (1.0 - max(node.value, node.peak)))

    def _best(self, tree: SearchTree) -> NodeId | None:
        near = {*_towards_the_peak(tree), *tree.path(NodeId(len(tree.nodes) - 1))}
        open_nodes = [tree[n] for n in near if not tree[n].closed and not tree[n].exhausted]
        promises = [(self.promise(tree, node), node.id) for node in open_nodes]
        best, node = max(promises, default=(0.0, ROOT))
        return node if best > 0 and best >= self.cost else None

    def _chance(self, tree: SearchTree, node: Node) -> float:
        root = tree[ROOT]
        everywhere = (self.prior_gains + tree.gains) / (
            self.prior_gains + self.prior_losses + root.visits + root.pending
        )
        stale = node.own_stale + node.opening
        return self.shrinkage * everywhere / (self.shrinkage + stale)


def _towards_the_peak(tree: SearchTree) -> Iterator[NodeId]:
    """From the root down to the best that was found; among equals, to where it rose last."""
    node = tree[ROOT]
    yield node.id
    while below := [child for child in tree.children(node.id) if not child.closed]:
        node = max(below, key=lambda child: (child.peak, -child.stale, child.id))
        yield node.id
