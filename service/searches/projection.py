"""The tree of a search, folded from the little that a tree needs to know of each trial."""

from collections.abc import Sequence

from agents.domain import Issue, Preparation, SearchSettings
from agents.search.tree import SearchTree
from agents.store import SearchRecord, StoredTrial, grown_tree


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
