"""AB-MCTS-A: at every node, wider or deeper by Thompson sampling (Inoue et al. 2025).

Two posteriors compete at a node. *Wider* has seen what trials right here brought: a child's value,
or 0 for an edit that could not be used. *Deeper* has seen every value in the children's subtrees.
A draw from each decides; deeper, a draw for each child says which. Both begin at Beta(a, b).

Unlike the published algorithm, trials under way count (see `selection.posterior`), and failed ones
are told as such. Several models are arms of one bandit over the whole tree: which model
is better is a matter of the issue more than of the node.
"""

from dataclasses import dataclass
from random import Random

from agents.search.parameters import parameter
from agents.search.selection import thompson
from agents.search.strategy import Strategy
from agents.search.tree import ROOT, Arm, Node, SearchTree, Trial, open_trial


@dataclass(frozen=True, slots=True)
class AbMcts(Strategy):
    """`prior_a` and `prior_b`: the Beta prior of every posterior; 0.5 each is Jeffreys'."""

    prior_a: float = parameter(0.5, "a of the prior Beta(a, b)", least=0.01)
    prior_b: float = parameter(
        0.5, "b of it: higher means that edits are believed to fail", least=0.01
    )
    arms: tuple[str, ...] = ()
    """Models that compete; empty: there is one, or the policy chooses."""

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:
        """Walk down from the root by draws."""
        node = tree[ROOT]
        while not node.closed:
            if not node.exhausted and (not node.children or self._wider(node, rng)):
                return open_trial(tree, node.id, arm=self._arm(tree, rng))
            children = [child for child in tree.children(node.id) if not child.closed]
            if not children and not node.exhausted:
                return open_trial(tree, node.id, arm=self._arm(tree, rng))
            if not children:
                return None
            node = max(children, key=lambda child: self._draw(child, rng))
        return None

    def finished(self, tree: SearchTree) -> bool:
        """Every branch ended in a leaf or ran out of ideas."""
        return tree[ROOT].closed

    def _wider(self, node: Node, rng: Random) -> bool:
        """What the children's subtrees have seen is what the node has, but for its own birth and the
        trials here that made no child, which were worth nothing."""
        born = node.parent is not None
        count = node.visits - born - (node.own_visits - len(node.children))
        total = max(0.0, node.value_sum - (node.value if born else 0.0))
        wider = thompson(node.own_visits, node.own_value_sum, node.opening, self._prior, rng)
        deeper = thompson(count, total, node.pending - node.opening, self._prior, rng)
        return wider >= deeper

    def _draw(self, node: Node | Arm, rng: Random) -> float:
        return thompson(node.visits, node.value_sum, node.pending, self._prior, rng)

    def _arm(self, tree: SearchTree, rng: Random) -> str | None:
        arms = self.arms if len(self.arms) > 1 else ()
        return max(arms, key=lambda arm: self._draw(tree.arms.get(arm, Arm()), rng), default=None)

    @property
    def _prior(self) -> tuple[float, float]:
        return self.prior_a, self.prior_b
