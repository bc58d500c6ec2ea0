"""Edits that somebody brought along come first, whatever the strategy makes of the tree after that."""

from dataclasses import dataclass
from random import Random

from agents.search.strategy import Strategy
from agents.search.tree import ROOT, SearchTree, Trial, open_trial


@dataclass(frozen=True, slots=True)
class GivenFirst(Strategy):
    """The first `given` trials are edits of the base, in order; then it is `then`'s turn.

    To `then` they are trials like its own. Fewer are opened where the limit on breadth is lower.
    """

    given: int
    then: Strategy

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:
        """Open the next given one, while there is one."""
        return open_trial(tree, ROOT) if self._waiting(tree) else self.then.ask(tree, rng)

    def finished(self, tree: SearchTree) -> bool:
        """None is left, and the other strategy is done too."""
        return not self._waiting(tree) and self.then.finished(tree)

    def _waiting(self, tree: SearchTree) -> bool:
        return tree.next_trial < self.given and not tree[ROOT].exhausted
