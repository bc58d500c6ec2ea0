"""The tree of a search, folded from the little that a tree needs to know of each trial."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.domain import Issue, Outcome, Preparation
from agents.search.tree import NodeId, SearchTree, TrialResult, close_trial, open_trial
from agents.settings import SearchSettings
from agents.store import SearchRecord, StoredTrial, grown_tree, result_of

Row = tuple[object, ...]
"""A node's columns."""


def tree_of(base: str, settings: SearchSettings, trials: Sequence[StoredTrial]) -> SearchTree:
    """The tree that `agents.store.grown_tree` makes of the whole record.

    Loading the whole record after each outcome would read every patch and the preparation again.
    """
    skeleton = SearchRecord(
        id="",
        issue=Issue(repo="", base_commit="", problem_statement=""),
        settings=settings,
        preparation=Preparation(base=base, commit="", environment=""),
        trials=tuple(trials),
    )
    return grown_tree(skeleton)


@dataclass(slots=True)
class Projection:
    """The tree as it was stored last, to be grown by what is stored next instead of folded again.

    It is of use while nobody else has written: whoever keeps it compares `version` first.
    """

    tree: SearchTree
    told: int
    """How many results, in the order of trials, are in the tree."""
    early: dict[int, TrialResult]
    """Those that came before an older trial's."""
    rows: dict[int, Row]
    """Node → its columns as they are stored."""
    version: tuple[int, int] = field(default=(-1, -1))
    """Events and trials that the search then had."""

    @classmethod
    def of(
        cls, tree: SearchTree, trials: Sequence[StoredTrial], rows: Mapping[int, Row]
    ) -> "Projection":
        """`tree` is what `tree_of` makes of `trials`."""
        told = len(tree.told)
        late = trials[told:]
        early = {t.number: result_of(t.outcome) for t in late if t.outcome is not None}
        return cls(tree, told, early, dict(rows))

    def open(self, trials: Sequence[StoredTrial]) -> set[NodeId] | None:
        """The nodes that change; None where a result was told that these trials did not know."""
        touched: set[NodeId] = set()
        for trial in trials:
            if trial.told != self.told:
                return None
            open_trial(self.tree, NodeId(trial.node), trial.stage, trial.arm)
            touched.update(self.tree.path(NodeId(trial.node)))
        return touched

    def tell(self, outcome: Outcome) -> set[NodeId]:
        """The nodes that change, a new one included. Results are told in the order of trials."""
        self.early[outcome.trial] = result_of(outcome)
        touched: set[NodeId] = set()
        while (result := self.early.pop(self.told, None)) is not None:
            touched.update(self.tree.path(self.tree.open_trials[self.told].node))
            made = close_trial(self.tree, result)
            touched.update([made.id] if made else [])
            self.told += 1
        return touched
