"""The verification ladder: what a finished candidate must climb, rung by rung.

    applies ─▶ builds ─▶ reproduction ─▶ regression ─▶ speed (of an issue with a workload)

Run in a sandbox that remembers nothing of the search. A rung that refuses ends the climb; one that
did not come to an end is unknown, which is not a pass. What no rung settles is weighed afterwards.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.domain import Baseline, Outcome, Preparation, Reproduction, Rung, TestStatus, Usage
from agents.selection.pool import Mark
from agents.verify.bench import Bench, TestRun
from agents.verify.interleaved import ON_LADDER
from agents.verify.marks import mark_of
from agents.verify.nearness import nearest
from agents.verify.reproduction import deadline
from agents.verify.speed import Measured, measure
from agents.verify.split import Split, split
from agents.workload import Slowness, SpeedUp
from sandbox.errors import PatchDoesNotApply, UnsafePath
from sandbox.protocol import StateId

TIGHT = 2.0
"""The least slack that any candidate gets: twice as long as the base, and the deadlines' own rest."""

LONG_SUITE_S = 20.0
"""Of a suite that takes longer, the tests near the patch are run ahead of the others."""

PASSES = 2
"""Runs in which the issue's tests must pass: a pass that does not come again is not a pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """How far one candidate came."""

    outcome: Outcome
    changes: Mapping[str, bytes | None]
    """Without what was split off."""
    rungs: tuple[Rung, ...]
    tests: Mapping[str, TestStatus]
    costs: Mapping[str, Usage] = field(default_factory=dict)
    """By rung."""
    speed: SpeedUp | None = None
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Test of the issue → what all runs of it say together."""
    state: StateId | None = None
    """The base with `patch`; None where it does not apply."""
    patch: bytes = b""
    """Without what was split off."""
    brought: Mapping[str, bytes] = field(default_factory=dict)
    """Test files that its author changed or added."""

    @property
    def usage(self) -> Usage:
        """Of all rungs."""
        return sum(self.costs.values(), Usage())

    @property
    def climbed(self) -> bool:
        """Whether it was its turn before the time was up."""
        return any(rung.passed is not None for rung in self.rungs)

    def passed(self, name: str) -> bool | None:
        """What that rung said; None also where it was not reached."""
        return next((rung.passed for rung in self.rungs if rung.name == name), None)


def climb(
    bench: Bench,
    preparation: Preparation,
    outcome: Outcome,
    *,
    slack: float,
    without: Container[str] = (),
) -> Climb:
    """Take one candidate up the ladder. `slack`: factor on the baseline's time for deadlines.
    `without`: rungs that are left out."""
    return _Climber(bench, preparation, outcome, slack, without).climb()


def climb_all(
    bench: Bench,
    preparation: Preparation,
    found: Sequence[Outcome],
    *,
    slack: float,
    left: Callable[[Usage], float],
    without: Container[str] = (),
) -> list[Climb]:
    """Take candidates up the ladder while there is time; the first one in any case.

    `left`: seconds until a limit, after so much use. As the time runs short, deadlines become
    those of a state that is as fast as the base, so that one slow candidate cannot take it all.
    """
    climbs: list[Climb] = []
    used = Usage()
    for outcome in found:
        seconds = left(used)
        if climbs and seconds <= 0:
            climbs.append(_left_below(outcome))
            continue
        tight = max(TIGHT, seconds / max(preparation.baseline.seconds, 1.0))
        made = climb(bench, preparation, outcome, slack=min(slack, tight), without=without)
        climbs.append(made)
        used += made.usage
    return climbs


def _left_below(outcome: Outcome) -> Climb:
    rung = Rung(name="applies", passed=None, detail="not climbed: the time was up")
    return Climb(outcome=outcome, changes={}, rungs=(rung,), tests={}, patch=outcome.patch)


class _Climber:
    def __init__(
        self,
        bench: Bench,
        preparation: Preparation,
        outcome: Outcome,
        slack: float,
        without: Container[str],
    ) -> None:
        self.bench, self.preparation, self.outcome = bench, preparation, outcome
        self.slack, self.without = slack, without
        self.base = StateId(preparation.base)
        self.state: StateId = self.base
        self.applied = False
        self.patch = outcome.patch
        self.parts = Split()
        self.tests: dict[str, TestStatus] = {}
        self.marks: dict[str, Mark] = {}
        self.costs: dict[str, Usage] = {}
        self.speed: SpeedUp | None = None

    def climb(self) -> Climb:
        rungs = tuple(self._rungs())
        return Climb(
            outcome=self.outcome,
            changes=self.parts.source,
            rungs=rungs,
            tests=self.tests,
            costs=self.costs,
            speed=self.speed,
            marks=self.marks,
            state=self.state if self.applied else None,
            patch=self.patch,
            brought={**self.outcome.brought, **self.parts.brought},
        )

    def _rungs(self) -> Iterator[Rung]:
        steps: list[Callable[[], Rung]] = [
            self._applies,
            self._builds,
            self._reproduction,
            self._regression,
            *([self._faster] if self.preparation.slowness else []),
        ]
        for step in steps:
            rung = step()
            yield rung
            if rung.passed is False:
                return

    def _book(self, rung: str, usage: Usage) -> None:
        self.costs[rung] = self.costs.get(rung, Usage()) + usage

    def _applies(self) -> Rung:
        states = self.bench.sandbox.states
        try:
            whole = states.apply(self.base, self.outcome.patch)
        except (PatchDoesNotApply, UnsafePath) as error:
            return Rung(name="applies", passed=False, detail=str(error))
        if whole != self.outcome.state:
            return Rung(name="applies", passed=False, detail="the patch gives another tree")
        changes = states.changed(self.base, whole)
        parts = split(changes, frozenset(states.paths(self.base)))
        if parts.forbidden:
            detail = f"it changes what runs before any test: {parts.forbidden}"
            return Rung(name="applies", passed=False, detail=detail)
        if parts.off and not parts.source:
            what = "tests" if parts.tests else "scratch files"
            detail = f"it changes {what} only, such as {parts.off[0]}"
            return Rung(name="applies", passed=False, detail=detail)
        self._keep(whole, parts)
        off = f"; split off: {', '.join(parts.off)}" if parts.off else ""
        return Rung(name="applies", passed=True, detail=f"{len(parts.source)} file(s) changed{off}")

    def _keep(self, whole: StateId, parts: Split) -> None:
        """Undo what was split off, so that all other files keep their modes."""
        states = self.bench.sandbox.states
        self.parts, self.state, self.applied = parts, whole, True
        if parts.off:
            undone = {path: states.read(self.base, path) for path in parts.off}
            self.state = states.fork(whole, undone)
            self.patch = states.diff(self.base, self.state)

    def _builds(self) -> Rung:
        paths = [p for p, c in self.parts.source.items() if c is not None and p.endswith(".py")]
        if not paths:
            return Rung(name="builds", passed=None, detail="no Python file is changed")
        result = self.bench.compiles(self.state, paths)
        self._book("builds", Usage(sandbox_runs=1, sandbox_s=result.wall_s))
        return Rung(
            name="builds",
            passed=result.outcome == "ok",
            detail="" if result.outcome == "ok" else result.stderr.text[-300:],
        )

    def _reproduction(self) -> Rung:
        reproduction = self.preparation.reproduction
        if not reproduction.targets and not (self.preparation.slowness and reproduction.guards):
            reason = reproduction.skipped_reason or "no test reproduces the issue"
            return Rung(name="reproduction", passed=None, detail=reason)
        asked = tuple(
            dict.fromkeys([*reproduction.targets, *reproduction.guards, *reproduction.written])
        )
        runs: list[TestRun] = []
        # A third time only where a run was cut short.
        while len(runs) < PASSES or (len(runs) == PASSES and self._unsettled(asked)):
            runs.append(self._issue_run(reproduction))
            told = {test: [run.status.get(test, "missing") for run in runs] for test in asked}
            self.marks = {test: mark_of(seen, passes=PASSES) for test, seen in told.items()}
            # Of a test that did not pass, what it did instead, although it passed another time.
            self.tests |= {
                test: next((s for s in seen if s != "passed"), "passed")
                if self.marks[test] != "passed"
                else "passed"
                for test, seen in told.items()
            }
            rung = reproduced(reproduction, self.marks)
            if rung.passed is False:
                break
        return rung

    def _unsettled(self, asked: Sequence[str]) -> bool:
        return any(self.marks[test] == "unknown" for test in asked)

    def _issue_run(self, reproduction: Reproduction) -> TestRun:
        wall_s = deadline(reproduction, self.slack)
        run = self.bench.reproduce(self.state, reproduction, wall_s=wall_s)
        self._book("reproduction", run.usage)
        return run

    def _regression(self) -> Rung:
        baseline = self.preparation.baseline
        if "regression" in self.without:
            return Rung(name="regression", passed=None, detail="left out by the settings")
        if not baseline.passing:
            reason = baseline.skipped_reason or "no test of the repository passes on the base"
            return Rung(name="regression", passed=None, detail=reason)
        if baseline.seconds > LONG_SUITE_S:
            near = nearest(baseline.passing, self.parts.source)
            first = self._suite(near, only=near) if near else None
            if first is not None and first.passed is False:
                return first
        return self._suite(baseline.passing)

    def _suite(self, wanted: Sequence[str], only: Sequence[str] = ()) -> Rung:
        """Twice, if need be: one time-out or one flake must not refuse a right patch."""
        wall_s = suite_deadline(self.preparation.baseline, self.slack)
        runs: list[TestRun] = []
        broken: Sequence[str] = wanted
        for _ in range(2):
            run = self.bench.suite(self.state, wall_s=wall_s, only=only)
            self._book("regression", run.usage)
            runs.append(run)
            broken = run.not_passed(broken)
            if not broken:
                return Rung(name="regression", passed=True, detail=f"{len(wanted)} still pass")
        self.tests |= {test: runs[-1].status.get(test, "missing") for test in broken}
        convicted = [test for test in broken if convicts(test, runs)]
        if convicted:
            detail = f"{len(convicted)} of {len(wanted)} no longer pass, such as {convicted[0]}"
            return Rung(name="regression", passed=False, detail=detail)
        detail = f"{len(broken)} of {len(wanted)} were not reached before the run was cut short"
        return Rung(name="regression", passed=None, detail=detail)

    def _faster(self) -> Rung:
        """Measured anew, with more runs than in the search, which chose what was lucky too. What
        could not be measured is measured once more, and then unknown."""
        slowness = self.preparation.slowness
        if slowness is None:
            return Rung(name="speed", passed=None, detail="nothing is to become faster")
        timed = self._timed(slowness)
        if timed.problem:
            timed = self._timed(slowness)
        self.speed = timed.speed
        reached = timed.speed is not None and timed.speed.reaches(slowness.workload.goal)
        passed = None if timed.problem else reached
        return Rung(name="speed", passed=passed, detail=timed.told.split("\n", 1)[0])

    def _timed(self, slowness: Slowness) -> Measured:
        timed = measure(self.bench, self.base, self.state, slowness, ON_LADDER, slack=self.slack)
        self._book("speed", timed.usage)
        return timed


def reproduced(reproduction: Reproduction, marks: Mapping[str, Mark]) -> Rung:
    """What the issue's tests say of a candidate.

    Where the issue's own code must pass, one failure refuses. Tests that a model wrote may be wrong:
    only a failure of all of them refuses. Too few passes leave the rung open, and then they vote.
    """
    name, targets, guards = "reproduction", reproduction.targets, reproduction.guards
    must = guards if reproduction.quorum is not None else (*targets, *guards)
    failed = [test for test in must if marks[test] == "failed"]
    silent = [test for test in must if marks[test] == "unknown"]
    if failed:
        return Rung(name=name, passed=False, detail=f"{failed[0]} does not pass")
    if silent:
        return Rung(name=name, passed=None, detail=f"{silent[0]} brought no report twice")
    passed = sum(marks[test] == "passed" for test in targets)
    share = f"{passed} of {len(targets)}" if passed < len(targets) else f"{passed}"
    detail = f"{share} target(s), {len(guards)} guard(s), twice"
    if targets and all(marks[test] == "failed" for test in targets):
        return Rung(name=name, passed=False, detail=detail)
    enough = passed >= (reproduction.quorum or len(targets))
    return Rung(name=name, passed=enough or None, detail=detail)


def convicts(test: str, runs: Sequence[TestRun]) -> bool:
    """Whether runs, in none of which a test passed, show that it is broken and not merely unknown.

    A run that was cut short says nothing of what it did not reach, unless it reached nothing. One
    that ended by itself without a test's report has lost the test.
    """
    statuses = [run.status.get(test, "missing") for run in runs]
    if mark_of(statuses) == "failed":
        return True
    return all(run.result.outcome != "timeout" or not run.status for run in runs)


def suite_deadline(baseline: Baseline, slack: float) -> float:
    """Seconds that the whole suite may take on a changed state."""
    return 10.0 + slack * baseline.seconds
