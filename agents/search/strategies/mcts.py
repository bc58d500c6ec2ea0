"""Monte Carlo tree search over edits: UCT or PUCT, pending counts and progressive widening.

At a node, widening comes first until its limit; then the search goes down, by the rule, into a child
that is better than its parent and was not tried in vain more often than its parent was widened.
While there is none, it goes on widening: below an edit that changed nothing lies nothing that is not
nearer from here, and a child that looked good and led nowhere costs no more than half of the
trials. docs/adr/0003 has the reasons.
"""

from dataclasses import dataclass
from random import Random

from agents.search.parameters import parameter
from agents.search.selection import priors, puct, uct, widening_limit
from agents.search.strategy import Strategy
from agents.search.tree import ROOT, Node, NodeId, SearchTree, Trial, open_trial


@dataclass(frozen=True, slots=True)
class Mcts(Strategy):
    """Parameters on the [0, 1] scale of values; see `agents.search.selection` for the formulas."""

    rule: str = parameter(
        "uct", "uct, or puct where the policy's own belief should count", choices=("uct", "puct")
    )
    exploration: float = parameter(0.3, "c: weight of what was seldom visited", least=0)
    widening_k: float = parameter(1.0, "k: children allowed at the first visit", least=0)
    widening_alpha: float = parameter(0.5, "α: growth of that limit with visits", least=0, most=1)

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:
        """Walk down from the root; ties go by lot."""
        root = tree[ROOT]
        node = None if root.closed else self._find(tree, root, rng)
        return None if node is None else open_trial(tree, node)

    def finished(self, tree: SearchTree) -> bool:
        """Every branch ended in a leaf or ran out of ideas."""
        return tree[ROOT].closed

    def _find(self, tree: SearchTree, node: Node, rng: Random) -> NodeId | None:
        """The node to expand, at or below `node`; None while all of it waits for open trials.

        Stepping back costs little: only a node with a trial open right there can be a dead end.
        """
        deeper = [child for child in tree.children(node.id) if not child.closed]
        better = [child for child in deeper if self._promises(node, child)]
        if not node.exhausted and (not better or self._may_widen(node)):
            return node.id
        for child in self._ranked(node, better or deeper, rng):
            found = self._find(tree, child, rng)
            if found is not None:
                return found
        return None if node.exhausted else node.id

    def _promises(self, node: Node, child: Node) -> bool:
        """Better than its parent, and not tried in vain more often than the parent was widened."""
        tried = child.stale + child.pending
        return child.value > node.value and tried <= node.own_visits + node.opening

    def _may_widen(self, node: Node) -> bool:
        width = len(node.children) + node.opening
        return width < widening_limit(node, self.widening_k, self.widening_alpha)

    def _ranked(self, node: Node, children: list[Node], rng: Random) -> list[Node]:
        """Best first by the rule."""
        if self.rule == "puct":
            beliefs = zip(children, priors(children), strict=True)
            scores = [puct(node, child, prior, self.exploration) for child, prior in beliefs]
        else:
            scores = [uct(node, child, self.exploration) for child in children]
        drawn = [
            (score, rng.random(), child.id) for score, child in zip(scores, children, strict=True)
        ]
        by_id = {child.id: child for child in children}
        return [by_id[child] for *_, child in sorted(drawn, reverse=True)]
