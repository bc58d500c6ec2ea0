"""Best of n: independent single edits of the base. The baseline that a search must beat."""

from dataclasses import dataclass
from random import Random

from agents.search.parameters import parameter
from agents.search.tree import (
    ROOT,
    Node,
    SearchTree,
    Trial,
    TrialResult,
    close_trial,
    open_trial,
)


@dataclass(frozen=True, slots=True)
class BestOfN:
    """As many as the budget allows, unless `n` says how many."""

    n: int | None = parameter(None, "edits to try; none: as many as the budget allows", least=1)

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:  # noqa: ARG002 - the protocol's
        """Open another trial at the root."""
        root = tree[ROOT]
        done = root.exhausted or (self.n is not None and root.opened >= self.n)
        return None if done else open_trial(tree, ROOT)

    def tell(self, tree: SearchTree, result: TrialResult) -> Node | None:
        """Book the result; see `close_trial`."""
        return close_trial(tree, result)

    def finished(self, tree: SearchTree) -> bool:
        """All n were told, or the policy ran out of ideas."""
        root = tree[ROOT]
        spent = root.exhausted or (self.n is not None and root.opened >= self.n)
        return spent and not root.opening
