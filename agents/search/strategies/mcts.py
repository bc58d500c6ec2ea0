"""Monte Carlo tree search over edits: UCT with pending counts and progressive widening.

At a node, widening comes first until its limit; then the search goes down, by UCT, into a child
that is better than its parent. While there is none, it goes on widening: below an edit that
changed nothing lies nothing that is not nearer from here. docs/adr/0003 has the reasons.
"""

from dataclasses import dataclass
from random import Random

from agents.search.parameters import parameter
from agents.search.selection import uct, widening_limit
from agents.search.tree import (
    ROOT,
    Node,
    NodeId,
    SearchTree,
    Trial,
    TrialResult,
    close_trial,
    open_trial,
)


@dataclass(frozen=True, slots=True)
class Mcts:
    """Parameters on the [0, 1] scale of values; see `agents.search.selection` for the formulas."""

    exploration: float = parameter(0.3, "c: weight of what was seldom visited", least=0)
    widening_k: float = parameter(2.0, "k: children allowed at the first visit", least=0)
    widening_alpha: float = parameter(0.75, "α: growth of that limit with visits", least=0, most=1)
    """With these two, half of a node's first 256 visits go to its own children, half below."""

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:
        """Walk down from the root; ties go by lot."""
        root = tree[ROOT]
        node = None if root.closed else self._find(tree, root, rng)
        return None if node is None else open_trial(tree, node)

    def tell(self, tree: SearchTree, result: TrialResult) -> Node | None:
        """Book the result; see `close_trial`."""
        return close_trial(tree, result)

    def finished(self, tree: SearchTree) -> bool:
        """Every branch ended in a leaf or ran out of ideas."""
        return tree[ROOT].closed

    def _find(self, tree: SearchTree, node: Node, rng: Random) -> NodeId | None:
        """The node to expand, at or below `node`; None while all of it waits for open trials.

        Stepping back costs little: only a node with a trial open right there can be a dead end.
        """
        deeper = [child for child in tree.children(node.id) if not child.closed]
        better = [child for child in deeper if child.value > node.value]
        if not node.exhausted and (not better or self._may_widen(node)):
            return node.id
        for child in self._ranked(node, better or deeper, rng):
            found = self._find(tree, child, rng)
            if found is not None:
                return found
        return None if node.exhausted else node.id

    def _may_widen(self, node: Node) -> bool:
        width = len(node.children) + node.opening
        return width < widening_limit(node, self.widening_k, self.widening_alpha)

    def _ranked(self, node: Node, children: list[Node], rng: Random) -> list[Node]:
        """Best first by UCT."""
        scored = [(uct(node, child, self.exploration), rng.random(), child) for child in children]
        return [child for *_, child in sorted(scored, key=lambda s: s[:2], reverse=True)]
