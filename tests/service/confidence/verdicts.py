"""Stored verdicts with a belief and a label."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from agents.domain import Verdict
from agents.selection.evidence import Evidence
from service.labels.schemas import LabelIn
from service.labels.service import tell
from service.searches.store import SqlStore
from tests.service.examples import ISSUE, PREPARATION, SETTINGS, verdict

BELIEFS = "beliefs-1"


def believing(belief: float, confidence: float, beliefs: str = BELIEFS) -> Verdict:
    evidence = Evidence(belief=belief, beliefs=beliefs, calibration="prior-1")
    return replace(verdict(), confidence=confidence, evidence=evidence)


def stored(
    store: SqlStore, found: Verdict, *, repo: str = "owner/name", statement: str = ""
) -> str:
    """A search that ended with this verdict."""
    issue = replace(ISSUE, repo=repo, problem_statement=statement or ISSUE.problem_statement)
    search = store.create(issue, SETTINGS, local=True)
    store.save_preparation(search, PREPARATION)
    store.save_verdict(search, found)
    return search


def label(store: SqlStore, search: str, right: bool, source: str = "grader") -> None:
    tell(store.database, search, LabelIn(right=right, source=source))


def boastful(store: SqlStore, n: int = 60, repos: Sequence[str] = ("a/a", "b/b", "c/c")) -> None:
    """Beliefs of 0.9 that are right half of the time, and of 0.6 that are right in a fifth."""
    rng = Random(0)
    for number in range(n):
        belief, chance = ((0.9, 0.5), (0.6, 0.2))[number % 2]
        found = believing(belief, 0.5)
        repo = repos[number % len(repos)]
        search = stored(store, found, repo=repo, statement=f"issue {number}")
        label(store, search, rng.random() < chance)
