"""Best of n: independent single edits of the base. The baseline that a search must beat."""

from dataclasses import dataclass
from random import Random

from agents.search.parameters import parameter
from agents.search.strategy import Strategy
from agents.search.tree import ROOT, SearchTree, Trial, open_trial


@dataclass(frozen=True, slots=True)
class BestOfN(Strategy):
    """As many as the budget allows, unless `n` says how many."""

    n: int | None = parameter(None, "edits to try; none: as many as the budget allows", least=1)

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:  # noqa: ARG002 - the protocol's
        """Open another trial at the root."""
        return None if self._spent(tree) else open_trial(tree, ROOT)

    def finished(self, tree: SearchTree) -> bool:
        """All n were told, or the policy ran out of ideas."""
        return self._spent(tree) and not tree[ROOT].opening

    def _spent(self, tree: SearchTree) -> bool:
        root = tree[ROOT]
        return root.exhausted or (self.n is not None and root.opened >= self.n)
