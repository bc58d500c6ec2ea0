"""The verification ladder, first form: what a finished candidate must climb, rung by rung.

    applies ─▶ builds ─▶ reproduction ─▶ regression ─▶ speed (of an issue with a workload)

Run in a sandbox that remembers nothing of the search. A rung that refuses ends the climb.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents.domain import (
    Baseline,
    Outcome,
    Preparation,
    Reproduction,
    Rung,
    TestStatus,
    Usage,
    is_test_path,
)
from agents.verify.bench import Bench
from agents.verify.interleaved import ON_LADDER
from agents.verify.reproduction import deadline
from agents.verify.speed import measure
from agents.workload import SpeedUp
from sandbox.errors import PatchDoesNotApply, UnsafePath
from sandbox.protocol import StateId

TIGHT = 2.0
"""The least slack that any candidate gets: twice as long as the base, and the deadlines' own rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """How far one candidate came."""

    outcome: Outcome
    changes: Mapping[str, bytes | None]
    rungs: tuple[Rung, ...]
    tests: Mapping[str, TestStatus]
    usage: Usage
    speed: SpeedUp | None = None


def climb(bench: Bench, preparation: Preparation, outcome: Outcome, *, slack: float) -> Climb:
    """Take one candidate up the ladder. `slack`: factor on the baseline's time for deadlines."""
    return _Climber(bench, preparation, outcome, slack).climb()


def climb_all(
    bench: Bench,
    preparation: Preparation,
    found: Sequence[Outcome],
    *,
    slack: float,
    left: Callable[[Usage], float],
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
        climbs.append(climb(bench, preparation, outcome, slack=min(slack, tight)))
        used += climbs[-1].usage
    return climbs


def _left_below(outcome: Outcome) -> Climb:
    rung = Rung(name="applies", passed=None, detail="not climbed: the time was up")
    return Climb(outcome=outcome, changes={}, rungs=(rung,), tests={}, usage=Usage())


class _Climber:
    def __init__(
        self, bench: Bench, preparation: Preparation, outcome: Outcome, slack: float
    ) -> None:
        self.bench, self.preparation, self.outcome, self.slack = bench, preparation, outcome, slack
        self.base = StateId(preparation.base)
        self.state = StateId(outcome.state or preparation.base)
        self.changes: Mapping[str, bytes | None] = {}
        self.tests: dict[str, TestStatus] = {}
        self.usage = Usage()
        self.speed: SpeedUp | None = None

    def climb(self) -> Climb:
        rungs = tuple(self._rungs())
        return Climb(
            outcome=self.outcome,
            changes=self.changes,
            rungs=rungs,
            tests=self.tests,
            usage=self.usage,
            speed=self.speed,
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

    def _applies(self) -> Rung:
        states = self.bench.sandbox.states
        try:
            self.state = states.apply(self.base, self.outcome.patch)
        except (PatchDoesNotApply, UnsafePath) as error:
            return Rung(name="applies", passed=False, detail=str(error))
        if self.state != self.outcome.state:
            return Rung(name="applies", passed=False, detail="the patch gives another tree")
        self.changes = states.changed(self.base, self.state)
        touched = [path for path in self.changes if is_test_path(path)]
        if touched:
            return Rung(name="applies", passed=False, detail=f"it changes tests: {touched[0]}")
        return Rung(name="applies", passed=True, detail=f"{len(self.changes)} file(s) changed")

    def _builds(self) -> Rung:
        paths = [p for p, c in self.changes.items() if c is not None and p.endswith(".py")]
        if not paths:
            return Rung(name="builds", passed=None, detail="no Python file is changed")
        result = self.bench.compiles(self.state, paths)
        self.usage += Usage(sandbox_runs=1, sandbox_s=result.wall_s)
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
        told = (*reproduction.targets, *reproduction.guards)
        asked = dict.fromkeys((*told, *reproduction.written))
        wall_s = deadline(reproduction, self.slack)
        # Twice: a pass that does not come again is not a pass.
        for _ in range(2):
            run = self.bench.reproduce(self.state, reproduction, wall_s=wall_s)
            self.usage += run.usage
            now = {test: run.status.get(test, "missing") for test in asked}
            self.tests |= {t: s for t, s in now.items() if self.tests.get(t, "passed") == "passed"}
            if not reproduction.reached(self.tests):
                missed = next(test for test in told if self.tests[test] != "passed")
                return Rung(name="reproduction", passed=False, detail=f"{missed} does not pass")
        detail = _reached(reproduction, self.tests)
        return Rung(name="reproduction", passed=True, detail=detail)

    def _regression(self) -> Rung:
        baseline = self.preparation.baseline
        if not baseline.passing:
            reason = baseline.skipped_reason or "no test of the repository passes on the base"
            return Rung(name="regression", passed=None, detail=reason)
        broken = baseline.passing
        # Twice, if need be: one time-out or one flake must not refuse a right patch.
        for _ in range(2):
            run = self.bench.suite(self.state, wall_s=suite_deadline(baseline, self.slack))
            self.usage += run.usage
            broken = run.not_passed(broken)
            if not broken:
                break
        self.tests |= {test: run.status.get(test, "missing") for test in broken}
        if broken:
            detail = f"{len(broken)} of {len(baseline.passing)} no longer pass, such as {broken[0]}"
            return Rung(name="regression", passed=False, detail=detail)
        return Rung(name="regression", passed=True, detail=f"{len(baseline.passing)} still pass")

    def _faster(self) -> Rung:
        """Measured anew, with more runs than in the search, which chose what was lucky too."""
        slowness = self.preparation.slowness
        if slowness is None:
            return Rung(name="speed", passed=None, detail="nothing is to become faster")
        timed = measure(self.bench, self.base, self.state, slowness, ON_LADDER, slack=self.slack)
        self.usage += timed.usage
        self.speed = timed.speed
        reached = timed.speed is not None and timed.speed.reaches(slowness.workload.goal)
        return Rung(name="speed", passed=reached, detail=timed.told.split("\n", 1)[0])


def _reached(reproduction: Reproduction, tests: Mapping[str, TestStatus]) -> str:
    passed = sum(tests.get(test) == "passed" for test in reproduction.targets)
    targets, guards = len(reproduction.targets), len(reproduction.guards)
    share = f"{targets}" if passed == targets else f"{passed} of {targets}"
    return f"{share} target(s), {guards} guard(s), twice"


def suite_deadline(baseline: Baseline, slack: float) -> float:
    """Seconds that the whole suite may take on a changed state."""
    return 10.0 + slack * baseline.seconds
