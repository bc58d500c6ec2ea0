"""One chain of serial revisions: what a search has to beat at equal tokens.

Every edit builds on the one before it, however that one did; an edit that could not be used is tried
again in the same place. There is never more than one trial open, and nothing is ever taken back.
"""

from dataclasses import dataclass
from random import Random

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
class Linear:
    """Needs a depth as large as the number of trials."""

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:  # noqa: ARG002 - the protocol's
        """Open a trial at the end of the chain, once the one before it was told."""
        return None if tree.open_trials or self.finished(tree) else open_trial(tree, _end(tree).id)

    def tell(self, tree: SearchTree, result: TrialResult) -> Node | None:
        """Book the result; see `close_trial`."""
        return close_trial(tree, result)

    def finished(self, tree: SearchTree) -> bool:
        """The last edit passes everything, or nothing can follow it."""
        end = _end(tree)
        return end.closed or (end.exhausted and not tree.open_trials)


def _end(tree: SearchTree) -> Node:
    """The newest node; the older one of the same state where an edit led back to it."""
    newest = tree.nodes[-1]
    return newest if newest.merged_with is None else tree[newest.merged_with or ROOT]
