"""Tests of the issue, some of them, on one state: marks instead of a run."""

import json
from collections.abc import Callable, Sequence

from agents.domain import Reproduction, Usage
from agents.selection.pool import Mark
from agents.verify.bench import Bench
from agents.verify.extract import ReproductionTest, as_json
from agents.verify.marks import mark_of
from sandbox.protocol import StateId


def tests_of(reproduction: Reproduction) -> tuple[ReproductionTest, ...]:
    """What its script holds."""
    given = json.loads(reproduction.script or "[]")
    return tuple(ReproductionTest(test["id"], test["source"], test["call"]) for test in given)


def issue_marks(
    bench: Bench, state: StateId, tests: Sequence[ReproductionTest], *, wall_s: float
) -> tuple[dict[str, Mark], Usage]:
    """All in one run. What timed out is run again, by itself, and so is what it kept from running."""
    first = bench.reproduce(state, Reproduction(script=as_json(tuple(tests))), wall_s=wall_s)
    statuses = {test.id: [first.status.get(test.id, "missing")] for test in tests}
    usage = first.usage
    late = [test for test in tests if statuses[test.id] == ["timeout"]]
    silent = [test for test in tests if statuses[test.id] == ["missing"]]
    for again in (late, silent) if late else ():
        if again:
            run = bench.reproduce(state, Reproduction(script=as_json(tuple(again))), wall_s=wall_s)
            usage += run.usage
            for test in again:
                statuses[test.id].append(run.status.get(test.id, "missing"))
    return {test: mark_of(told) for test, told in statuses.items()}, usage


def run_again(
    bench: Bench, test: ReproductionTest, wall_s: Callable[[], float], state: StateId
) -> tuple[Mark, Usage]:
    """One test of the issue on a state, by itself."""
    marks, usage = issue_marks(bench, state, [test], wall_s=wall_s())
    return marks[test.id], usage
