"""Progress by execution: the share of target tests that pass, minus what broke."""

from agents.domain import Preparation
from agents.value.protocol import Evidence

REGRESSION_COST = 0.1
"""Value lost for each of the repository's own tests that no longer passes, down to a half."""


def progress(preparation: Preparation, evidence: Evidence) -> float:
    """In [0, 1]; 1 only when every target and guard passes and nothing regressed.

    A guard (a test from the issue that passed on the base) costs its share when it breaks.
    A test without a report is not a pass.
    """
    reproduction = preparation.reproduction
    gained = _share_passed(reproduction.targets, evidence, empty=0.0)
    kept = _share_passed(reproduction.guards, evidence, empty=1.0)
    broken = min(0.5, REGRESSION_COST * len(evidence.regressions))
    return max(0.0, gained - (1.0 - kept) - broken)


def _share_passed(ids: tuple[str, ...], evidence: Evidence, empty: float) -> float:
    if not ids:
        return empty
    return sum(evidence.tests.get(test) == "passed" for test in ids) / len(ids)
