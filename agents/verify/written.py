"""Tests that a model wrote from the issue: what of them says something about it.

    sampled ─▶ run on the base, twice ─▶ revised once, told why ─▶ run on the base, twice ─▶
    those that stay, behind the issue's own, all together, twice

A test stays if it fails on the base in every run, for the stated reason. What speaks against one
here never depends on a candidate: it passes on the base, fails by a fault of its own, is unstable,
denies the issue's own example, or never runs code that the issue points at.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from agents.domain import Reproduction, Usage
from agents.errors import ModelError, ReplayMismatch
from agents.verify.bench import Bench, LineCounts, TestRun
from agents.verify.clusters import normalised
from agents.verify.contradiction import contradiction, stated
from agents.verify.extract import ReproductionTest, as_json, extract
from agents.verify.extract import examples as issue_examples
from agents.verify.panel import Case, Drafts, TestWriter
from agents.verify.parsing import parsed
from agents.verify.reproduction import SNIPPETS_OWN_FAULT, TRACE_WALL, Reproduced, failure
from sandbox.protocol import StateId

CLAIMS = {"AssertionError", "Failed"}
"""How a test says that something is not as it should be; `Failed` is pytest's."""

HANGING = ("hang", "infinite", "endless", "never end", "never return", "forever", "deadlock")
"""Words of an issue for which a test that does not end fails for the stated reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What tests are tried out on."""

    bench: Bench
    base: StateId
    modules: frozenset[str]
    """Top-level names by which the repository's code is imported; empty: not known."""
    touches: Callable[[LineCounts, Sequence[tuple[str, int]]], bool]
    """Whether lines that ran, or the frames of an error, are of code that the issue points at."""
    wall_s: Callable[[], float]
    """Seconds that one more run may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Who is to write tests for a search, and how many."""

    writer: TestWriter
    search: str
    """Key under which model calls are journalled."""
    number: int


@dataclass(frozen=True, slots=True)
class _Flaw:
    """Why a test cannot stay. `final`: nothing is gained by having it written again."""

    told: str
    final: bool = False


def write_tests(
    ground: Ground, case: Case, writer: TestWriter, number: int, known: Reproduced
) -> Reproduced:
    """`known`, and beside it what a model wrote and what stayed of it.

    Where the issue has targets of its own, the written tests vote beside them. Where it has none,
    they are the targets, and more than half of them must pass. Raises: ModelError where it has none;
    else a model that cannot be asked is only why there are fewer of them. ReplayMismatch.
    """
    return _Desk(ground, case, writer, known).written(number)


@dataclass(slots=True)
class _Desk:
    ground: Ground
    case: Case
    writer: TestWriter
    known: Reproduced
    kept: list[ReproductionTest] = field(default_factory=list)
    dropped: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    """Normalised source → the test that has it."""
    usage: Usage = Usage()

    def written(self, number: int) -> Reproduced:
        own = extract(self.case.issue.problem_statement)
        self.sources = {_normalised(test): test.id for test in own}
        drafts = self._asked(lambda: self.writer.write(self.case, number))
        if isinstance(drafts, ModelError):
            why = f"the model could not be asked: {drafts}"
            self.dropped = {f"written::{n}": why for n in range(1, number + 1)}
            return self._nothing_new()
        for n in range(len(drafts.tests), number):
            self.dropped[f"written::{n + 1}"] = "the model's reply was no test"
        for n, draft in enumerate(drafts.tests[:number], 1):
            self._take(replace(draft, id=f"written::{n}"), revise=True)
        return self._together(own)

    def _asked(self, ask: Callable[[], Drafts]) -> Drafts | ModelError:
        """What the writer answers, and its cost booked; or why it could not be asked, where the issue
        has targets without it. Raises: ModelError where it has none; ReplayMismatch."""
        try:
            drafts = ask()
        except ReplayMismatch:
            raise
        except ModelError as error:
            if not self.known.reproduction.targets:
                raise
            return error
        self.usage += drafts.usage
        return drafts

    def _take(self, test: ReproductionTest, *, revise: bool) -> None:
        """Keep a test, or note why not."""
        flaw = self._flaw(test)
        if flaw is None:
            self.kept.append(test)
            return
        self.dropped[test.id] = flaw.told
        if not revise or flaw.final:
            return
        drafts = self._asked(lambda: self.writer.revise(self.case, test, flaw.told))
        if isinstance(drafts, ModelError):
            self.dropped[test.id] += f"; the model could not be asked to revise it: {drafts}"
            return
        for revised in drafts.tests[:1]:
            if _normalised(revised) != _normalised(test):
                del self.dropped[test.id]
                self._take(replace(revised, id=test.id), revise=False)

    def _flaw(self, test: ReproductionTest) -> _Flaw | None:
        form = _normalised(test)
        if self.sources.setdefault(form, test.id) != test.id:
            return _Flaw(f"it is the same as {self.sources[form]}", final=True)
        modules = self.ground.modules
        if modules and not modules & imported(test.source):
            return _Flaw(f"it imports nothing of the repository ({', '.join(sorted(modules)[:5])})")
        failing = self.known.reproduction.targets
        denied = contradiction(test.source, stated(self.case.issue.problem_statement, failing))
        if denied:
            return _Flaw(denied)
        return self._flaw_on_base(test)

    def _flaw_on_base(self, test: ReproductionTest) -> _Flaw | None:
        script, ground = Reproduction(script=as_json((test,))), self.ground
        first = ground.bench.reproduce(ground.base, script, wall_s=ground.wall_s())
        self.usage += first.usage
        told = self._unstated(test.id, first)
        if told:
            return _Flaw(told)
        wall_s = ground.wall_s() * TRACE_WALL
        second = ground.bench.reproduce(ground.base, script, wall_s=wall_s, trace=True)
        self.usage += second.usage
        if not same(test.id, first, second):
            return _Flaw("it is unstable: two runs on the base end differently", final=True)
        lines, frames = second.lines.get(test.id, {}), second.frames.get(test.id, ())
        if second.status[test.id] == "failed" and not ground.touches(lines, frames):
            return _Flaw("it never runs the code that the issue is about")
        return None

    def _unstated(self, test: str, run: TestRun) -> str | None:
        """Why a run does not fail for the stated reason; None where it does."""
        statement, status = self.case.issue.problem_statement, run.status.get(test)
        if status == "passed":
            return "it passes on the code as it is, so it does not show the problem"
        if status == "timeout":
            hangs = any(word in statement.lower() for word in HANGING)
            return None if hangs else "it does not end in time"
        if status != "failed":
            return f"its run ended without a report ({run.result.outcome})"
        if is_stated(run.errors.get(test, ""), run.frames.get(test, ()), statement):
            return None
        return f"it fails by a fault of its own: {run.failures.get(test, '')}"

    def _together(self, own: tuple[ReproductionTest, ...]) -> Reproduced:
        """The issue's own tests and those that stayed, as they will be run from now on."""
        if not self.kept:
            return self._nothing_new()
        script, ground = Reproduction(script=as_json((*own, *self.kept))), self.ground
        first = ground.bench.reproduce(ground.base, script, wall_s=ground.wall_s())
        wall_s = ground.wall_s() * TRACE_WALL
        traced = ground.bench.reproduce(ground.base, script, wall_s=wall_s, trace=True)
        self.usage += first.usage + traced.usage
        for test in [t.id for t in self.kept]:
            if self._unstated(test, first) or not same(test, first, traced):
                self.dropped[test] = "it is unstable: behind other tests it ends differently"
        kept = tuple(test for test in self.kept if test.id not in self.dropped)
        if not kept:
            return self._nothing_new()
        status = {t: s for t, s in traced.status.items() if t not in self.dropped}
        return Reproduced(
            reproduction=self._joined(own, kept, first, traced),
            run=replace(traced, status=status),
            usage=self.known.usage + self.usage,
        )

    def _nothing_new(self) -> Reproduced:
        told = self.known.reproduction
        reason = told.skipped_reason
        if reason:
            reason += "; and no test that a model wrote fails on the base for the stated reason"
        return Reproduced(
            reproduction=replace(told, dropped=self.dropped, skipped_reason=reason),
            run=self.known.run,
            usage=self.known.usage + self.usage,
        )

    def _joined(
        self,
        own: tuple[ReproductionTest, ...],
        kept: tuple[ReproductionTest, ...],
        first: TestRun,
        traced: TestRun,
    ) -> Reproduction:
        told, written = self.known.reproduction, tuple(test.id for test in kept)
        joined = replace(
            told,
            script=as_json((*own, *kept)),
            written=written,
            seconds=0.0 if first.result.outcome == "timeout" else first.result.wall_s,
            dropped=self.dropped,
        )
        if told.targets:
            return joined
        # Nothing of the issue's own fails, so its examples may as well show the bug as seen.
        examples = issue_examples(self.case.issue.problem_statement)
        return replace(
            joined,
            targets=written,
            guards=tuple(test for test in told.guards if test not in examples),
            quorum=len(written) // 2 + 1,
            failures={test: failure(test, first, traced) for test in written},
            skipped_reason=None,
        )


def is_stated(error: str, frames: Sequence[tuple[str, int]], statement: str) -> bool:
    """Whether a test that failed with `error` did so for the reason that the issue states: it
    claims something, the issue names the error, or code of the repository raised it."""
    if error in statement and error:
        return True
    return error in CLAIMS or (bool(frames) and error not in SNIPPETS_OWN_FAULT)


def same(test: str, first: TestRun, second: TestRun) -> bool:
    """Whether two runs say the same of a test."""
    status = (first.status.get(test), second.status.get(test))
    return status[0] == status[1] and first.errors.get(test) == second.errors.get(test)


def imported(source: str) -> set[str]:
    """Top-level names of the modules that a script imports anywhere."""
    found: set[str] = set()
    tree = parsed(source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def _normalised(test: ReproductionTest) -> str:
    return normalised("test.py", test.source.encode())
