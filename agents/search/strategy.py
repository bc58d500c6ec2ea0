"""A strategy decides *where* to expand; somebody else carries the trial out.

Strategies are stateless: all they know lies in the tree that the caller owns, and randomness is an
argument. One driver, whatever the strategy:

    while not strategy.finished(tree):
        trial = strategy.ask(tree, rng_for(seed, tree.next_trial))
        if trial is None:          # nothing now: wait for an open trial, then ask again
            ...
        strategy.tell(tree, result_of(trial))
"""

from random import Random
from typing import Protocol

from agents.search.tree import Node, SearchTree, Trial, TrialResult, close_trial


class Strategy(Protocol):
    """`ask` opens a trial, `tell` closes it. Subclass it: there is one way to close a trial."""

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:
        """Open a trial. None means "nothing now"; with no trial open it means exhausted."""
        ...

    def tell(self, tree: SearchTree, result: TrialResult) -> Node | None:
        """Close a trial; answer the node that it made, if any. Idempotent."""
        return close_trial(tree, result)

    def finished(self, tree: SearchTree) -> bool:
        """Whether nothing will ever be opened again, whatever the open trials bring."""
        ...


def rng_for(seed: int, trial: int) -> Random:
    """The randomness of one trial: equal on every machine and in every order of execution."""
    return Random(f"{seed}:{trial}")  # noqa: S311 - reproducible, not secret
