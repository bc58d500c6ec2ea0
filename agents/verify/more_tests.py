"""Further tests that a model writes once candidates are there, without being shown any of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agents.domain import Ceiling, Reproduction
from agents.selection.evidence import Rung
from agents.selection.pool import Mark, Test
from agents.selection.posterior import Posterior
from agents.verify.actions import CALL_S
from agents.verify.bench import Bench, TestRun
from agents.verify.clusters import normalised
from agents.verify.contradiction import contradiction, stated
from agents.verify.extract import ReproductionTest, as_json
from agents.verify.inquiry import Inquiry
from agents.verify.issue_rows import issue_marks, run_again
from agents.verify.panel import Case, TestWriter
from agents.verify.written import is_stated, same

RUN_S = 2.0
"""One run of all of them, about."""
BASE_RUNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTests:
    """Once in a search. A test votes only if it fails on the base for the stated reason, twice."""

    writer: TestWriter
    case: Case
    bench: Bench
    number: int
    wall_s: Callable[[], float]
    """Seconds that one run may take."""
    left: Callable[[], float]
    """Seconds until a limit."""
    failing: tuple[str, ...] = ()
    """The issue's own tests that fail on the base."""
    rung: Rung = "written"

    @property
    def ceiling(self) -> Ceiling:
        return self.writer.ceiling

    def target(self, inquiry: Inquiry, found: Posterior) -> tuple[str, ...] | None:  # noqa: ARG002
        over = ("written",) in inquiry.tried or self.number < 1
        return None if over or self.number * self.seconds(inquiry) > self.left() else ()

    def seconds(self, inquiry: Inquiry) -> float:
        """Of one test: so is the gain that is expected of it."""
        return CALL_S + RUN_S * (2 + len(inquiry.pool.standing)) / max(1, self.number)

    def take(self, inquiry: Inquiry, target: tuple[str, ...]) -> None:  # noqa: ARG002
        inquiry.tried.add(("written",))
        drafts = self.writer.write(self.case, self.number)
        inquiry.book("written", drafts.usage)
        tests = self._failing(inquiry, _new(inquiry, drafts.tests[: self.number]))
        results: dict[str, dict[str, Mark]] = {test.id: {} for test in tests}
        for option in inquiry.pool.standing if tests else ():
            state = inquiry.climbs[option.key].state
            if state is None or self._over(inquiry):
                continue
            marks, usage = issue_marks(self.bench, state, tests, wall_s=self.wall_s())
            inquiry.book("written", usage)
            for name, mark in marks.items():
                results[name][option.key] = mark
        inquiry.add_tests([Test(id=t.id, origin="written") for t in tests], results)
        for test in tests:
            inquiry.sources[test.id] = test.source
            inquiry.again[test.id] = partial(run_again, self.bench, test, self.wall_s)

    def _failing(
        self, inquiry: Inquiry, tests: Sequence[ReproductionTest]
    ) -> tuple[ReproductionTest, ...]:
        """Those that fail on the base, for the stated reason, in two runs."""
        statement = self.case.issue.problem_statement
        examples = stated(statement, self.failing)
        kept = tuple(test for test in tests if contradiction(test.source, examples) is None)
        if not kept:
            return ()
        script, base = Reproduction(script=as_json(kept)), self.bench.base
        runs: list[TestRun] = []
        while len(runs) < BASE_RUNS:
            if self._over(inquiry):
                return ()
            runs.append(self.bench.reproduce(base, script, wall_s=self.wall_s()))
            inquiry.book("written", runs[-1].usage)
        return tuple(test for test in kept if _fails(test.id, runs, statement))

    def _over(self, inquiry: Inquiry) -> bool:
        """Whether the time is up: then nothing more is run, and what was not stays unknown."""
        over = self.left() <= 0
        if over:
            inquiry.skip("written: the time was up")
        return over


def _fails(test: str, runs: Sequence[TestRun], statement: str) -> bool:
    error, frames = runs[0].errors.get(test, ""), runs[0].frames.get(test, ())
    failed = all(run.status.get(test) == "failed" for run in runs)
    return failed and same(test, *runs) and is_stated(error, frames, statement)


def _new(inquiry: Inquiry, tests: Sequence[ReproductionTest]) -> list[ReproductionTest]:
    """Without those that are there already, under names of their own."""
    known = {_form(source) for source in inquiry.sources.values()}
    fresh = {form: test for test in tests if (form := _form(test.source)) not in known}
    return [replace(test, id=f"late::{number}") for number, test in enumerate(fresh.values(), 1)]


def _form(source: str) -> str:
    return normalised("test.py", source.encode("utf-8", "replace"))
