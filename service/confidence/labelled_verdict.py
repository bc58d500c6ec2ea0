"""A stored verdict beside what was told of it. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agents.selection.calibration.labelled_belief import LabelledBelief


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledVerdict:
    """`told`: what its sources say now; both, where they disagree."""

    issue: str
    """Equal for searches of one issue."""
    repo: str
    decided: bool
    """False: it abstained."""
    belief: float
    beliefs: str
    """Name of the priors behind the belief."""
    confidence: float
    """As it was told."""
    told: frozenset[bool]

    @property
    def usable(self) -> bool:
        """Whether it says something of confidence: a patch was chosen, and its sources agree."""
        return self.decided and len(self.told) == 1

    @property
    def right(self) -> bool:
        """Only where it is `usable`."""
        return True in self.told


def issue_digest(repo: str, commit: str, statement: str) -> str:
    """Names an issue, whichever search it is asked in."""
    return hashlib.sha256(json.dumps([repo, commit, statement]).encode()).hexdigest()


def newest_beliefs(verdicts: Sequence[LabelledVerdict]) -> str:
    """Name of the priors behind the last belief: beliefs of other priors are another scale."""
    return next((v.beliefs for v in reversed(verdicts) if v.usable and v.belief), "")


def samples(verdicts: Sequence[LabelledVerdict]) -> list[LabelledBelief]:
    """Of the verdicts that can be used, with a belief by the newest priors."""
    wanted = newest_beliefs(verdicts)
    return [
        LabelledBelief(issue=v.issue, repo=v.repo, belief=v.belief, right=v.right)
        for v in verdicts
        if v.usable and v.belief and v.beliefs == wanted
    ]


def left_out(verdicts: Sequence[LabelledVerdict]) -> dict[str, int]:
    """Why → how many labelled verdicts are not among the samples."""
    wanted = newest_beliefs(verdicts)
    return dict(Counter(reason for v in verdicts if (reason := _why_not(v, wanted))))


def _why_not(verdict: LabelledVerdict, wanted: str) -> str:
    if not verdict.decided:
        return "it abstained"
    if not verdict.usable:
        return "its labels disagree"
    if not verdict.belief:
        return "it has no belief"
    return "" if verdict.beliefs == wanted else "its belief is by other priors"
