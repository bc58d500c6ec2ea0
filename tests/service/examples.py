"""Issues, outcomes and verdicts for tests."""

from agents.domain import (
    Baseline,
    Candidate,
    Environment,
    Issue,
    Localisation,
    Outcome,
    Preparation,
    Reproduction,
    Rung,
    Usage,
    Verdict,
)
from agents.settings import Limits, SearchSettings
from agents.store import StoredTrial

ISSUE = Issue(
    repo="owner/name",
    base_commit="a" * 40,
    problem_statement="It breaks \0 here.",
    environment=Environment(requirements=("six==1.17",)),
)
SETTINGS = SearchSettings(seed=7, width=2, limits=Limits(nodes=20, usd=1.5))
PREPARATION = Preparation(
    base="b" * 40,
    commit="a" * 40,
    environment="e1",
    baseline=Baseline(passing=("t::a",), seconds=1.5),
    reproduction=Reproduction(targets=("issue::1",), failures={"issue::1": "no \0 good"}),
    localisation=Localisation(lines={"m.py": {3: 0.5, 12: 1.0}}),
    usage=Usage(sandbox_runs=4, sandbox_s=2.0),
)


def trial(number: int, node: int = 0, ordinal: int = 0, told: int = 0) -> StoredTrial:
    return StoredTrial(number=number, node=node, ordinal=ordinal, told=told)


def expanded(number: int, *, value: float = 0.5, solved: bool = False, state: str = "") -> Outcome:
    return Outcome(
        trial=number,
        kind="expanded",
        state=state or f"{number:040d}",
        patch=b"diff \xff\x00 " + str(number).encode(),
        summary=f"edit {number}",
        origin="mutation:comparison",
        value=value,
        solved=solved,
        tests={"issue::1": "passed"},
        feedback="nul \0 byte",
        usage=Usage(prompt_tokens=10, completion_tokens=5, usd=0.25, calls=1),
        seconds=0.5,
    )


def candidate(number: int) -> Candidate:
    return Candidate(
        trial=number,
        state=f"{number:040d}",
        patch=b"diff \xff",
        summary="edit",
        cluster=0,
        changed_lines=1,
        rungs=(Rung(name="reproduction", passed=True), Rung(name="types", passed=None)),
    )


def verdict(decision: str = "patch") -> Verdict:
    if decision == "abstained":
        return Verdict(decision="abstained", reason="nothing passed")
    return Verdict(
        decision="patch",
        reason="one candidate stands",
        patch=b"diff \xff",
        chosen=0,
        confidence=0.7,
        candidates=(candidate(0), candidate(1)),
        baseline=PREPARATION.baseline,
        reproduction=PREPARATION.reproduction,
        usage=Usage(calls=3),
    )
