"""Grading: do the fixed release's own tests of the bug pass on the patched base?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agents.domain import TestStatus, Verdict
from agents.prepare import bench_for
from agents.store import SearchRecord
from sandbox.protocol import Sandbox
from service.demo.bugs import Grade

WALL_S = 120.0
WORDS = {True: "passed", False: "failed", None: "skipped"}


@dataclass(frozen=True, slots=True)
class Graded:
    """`resolved`: every hidden test passes, and so do the library's own."""

    resolved: bool
    hidden_tests: Mapping[str, TestStatus]
    own_tests: str
    """What the regression rung said, on a sandbox that remembers nothing."""


def grade(
    sandbox: Sandbox, record: SearchRecord, repository: Path, fixed: Path, known: Grade
) -> Graded:
    """Lay the hidden test files over the patched base and run the hidden tests.

    `repository` is where the search began, `fixed` the unpacked fixed release.
    """
    verdict = record.verdict
    if verdict is None or not verdict.patch or record.preparation is None:
        return Graded(resolved=False, hidden_tests={}, own_tests="no patch")
    base, _ = sandbox.states.import_commit(repository, record.preparation.commit)
    patched = sandbox.states.apply(base, verdict.patch)
    hidden: dict[str, bytes | None] = {name: (fixed / name).read_bytes() for name in known.files}
    run = bench_for(sandbox, record.issue, base).suite(
        sandbox.states.fork(patched, hidden), wall_s=WALL_S, only=known.tests
    )
    told: dict[str, TestStatus] = {test: run.status.get(test, "missing") for test in known.tests}
    own = own_tests(verdict)
    return Graded(
        resolved=not own.startswith("failed") and set(told.values()) == {"passed"},
        hidden_tests=told,
        own_tests=own,
    )


def own_tests(verdict: Verdict) -> str:
    """The chosen candidate's regression rung, in words."""
    for candidate in verdict.candidates:
        if candidate.trial == verdict.chosen:
            for rung in candidate.rungs:
                if rung.name == "regression":
                    return f"{WORDS[rung.passed]}: {rung.detail}"
    return "not run"
