"""Monte Carlo tree search over edits: UCT with pending counts and progressive widening.

At every node the children not made yet are one more arm beside those that exist. It is scored by
`uct_unopened`, so the search deepens only below a child that did better than its parent, and
otherwise tries another edit where it is.
"""

from dataclasses import dataclass
from random import Random

from agents.search.selection import uct, uct_unopened, widening_limit
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

    exploration: float = 0.1
    widening_k: float = 4.0
    widening_alpha: float = 0.75

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:
        """Walk down from the root to the best arm; ties go to the new child, then by lot."""
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
        for arm in self._arms(tree, node, rng):
            if arm is None:
                return node.id
            found = self._find(tree, arm, rng)
            if found is not None:
                return found
        return None

    def _arms(self, tree: SearchTree, node: Node, rng: Random) -> list[Node | None]:
        """Open children and the child not made yet (None), best first."""
        children = [child for child in tree.children(node.id) if not child.closed]
        ranked: list[tuple[float, int, float, Node | None]] = [
            (-uct(node, child, self.exploration), 1, rng.random(), child) for child in children
        ]
        if self._may_widen(node, has_open_child=bool(children)):
            ranked.append((-uct_unopened(node, self.exploration), 0, 0.0, None))
        return [arm for *_, arm in sorted(ranked, key=lambda entry: entry[:3])]

    def _may_widen(self, node: Node, *, has_open_child: bool) -> bool:
        """The limit only ever chooses between deeper and wider: with nothing deeper it is moot."""
        width = len(node.children) + node.opening
        limit = widening_limit(node, self.widening_k, self.widening_alpha)
        return not node.exhausted and (width < limit or not has_open_child)
