"""One expansion, from a promise to what came of it. Read this file first.

    policy proposes an edit ─▶ the sandbox forks the state ─▶ a surrogate guesses what breaks ─▶
    the issue's tests run ─▶ if they all pass, the repository's tests run, what is thought to break
    first ─▶ if they do, the issue's workload is timed ─▶ a value in [0, 1]

A bad edit is an `Outcome`; only a dead sandbox or an unreachable model is an exception, and then
nothing was decided: the same trial may be carried out again, here or elsewhere.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agents.domain import Outcome, Preparation, Reproduction, TestStatus, Usage, is_test_path
from agents.policy.protocol import Exhausted, Noted, Policy, Position, Proposed, Unusable
from agents.surrogate.protocol import ISSUE, Guess, Question, Surrogate
from agents.value.protocol import Evidence, Scene, ValueFunction
from agents.verify.bench import Bench, TestRun
from agents.verify.interleaved import IN_SEARCH
from agents.verify.ladder import suite_deadline
from agents.verify.reproduction import deadline
from agents.verify.speed import Measured, measure
from agents.verify.trace_text import traces_text
from sandbox.protocol import RunResult, StateId

SLACK = 5.0
"""A changed state may take this many times as long as the base did."""
TRACE_TOKENS = 300
"""For how the issue's tests fail on a state, in what later attempts are told."""
FIRST = 1
"""Most of the repository's tests that are run ahead of the others."""

NOTHING_RUN = TestRun(status={}, result=RunResult(outcome="ok"), usage=Usage())
"""Of an issue without tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """Everything that carrying out a trial needs."""

    policy: Policy
    value: ValueFunction
    bench: Bench
    surrogate: Surrogate
    """Only orders. Where the repository's tests are independent of each other, an outcome has the
    same `kind`, `state`, `value` and `solved` with every one. `regressions`, `tests` and `feedback`
    name the tests at which a run stopped, so they follow the order, as do `guesses`, `facts`,
    `usage` and times; and later trials may be told that feedback. A test that passes only after
    others may be run without them, and then `solved` and `value` can differ too."""
    earlier: Sequence[Outcome] = ()
    """Of the trials that were told before this one was opened."""

    def carry_out(self, position: Position) -> Outcome:
        """Propose, fork, run, judge. Raises: ModelError, SandboxLost, SandboxUnavailable."""
        began = time.monotonic()
        proposal = self.policy.propose(position, self.bench.sandbox.states)
        match proposal:
            case Exhausted():
                outcome = Outcome(trial=position.trial, kind="exhausted")
            case Unusable():
                outcome = _unusable(position, proposal)
            case Noted():
                outcome = self._take_down(position, proposal)
            case Proposed():
                outcome = self._try_out(position, proposal)
        return replace(outcome, stage=position.stage, seconds=time.monotonic() - began)

    def _take_down(self, position: Position, proposal: Noted) -> Outcome:
        """A note changes no file: nothing is run, and its worth is a guess."""
        base = StateId(position.preparation.base)
        outcome = Outcome(
            trial=position.trial,
            kind="expanded",
            state=position.state,
            patch=self.bench.sandbox.states.diff(base, position.state),
            summary=proposal.note.text.split("\n", 1)[0][:200],
            origin=proposal.origin or self.policy.name,
            usage=proposal.usage,
            note=proposal.note,
            prior=proposal.prior,
        )
        return self._valued(outcome, _scene(position, outcome))

    def _try_out(self, position: Position, proposal: Proposed) -> Outcome:
        states, edit = self.bench.sandbox.states, proposal.edit
        made = edit.state and StateId(edit.state)
        state = made or states.fork(position.state, edit.changes)
        base = StateId(position.preparation.base)
        outcome = Outcome(
            trial=position.trial,
            kind="expanded",
            state=state,
            patch=states.diff(base, state),
            summary=edit.summary,
            origin=edit.origin,
            usage=proposal.usage,
            prior=proposal.prior,
            brought=edit.brought,
        )
        if state == position.state:
            return replace(outcome, kind="failed", reason="changes_nothing", state=None)
        if any(is_test_path(path) for path in edit.changes):
            return replace(outcome, kind="failed", reason="changes_tests", state=None)
        return self._judge(position, outcome, state)

    def _judge(self, position: Position, outcome: Outcome, state: StateId) -> Outcome:
        """Run what is needed to know how good the state is."""
        preparation = position.preparation
        reproduction = preparation.reproduction
        asked = (*reproduction.targets, *reproduction.guards)
        passing = preparation.baseline.passing
        guess = self._guess(position, outcome)
        issue_run = self._issue_run(reproduction, state) if asked else NOTHING_RUN
        tests: dict[str, TestStatus] = {t: issue_run.status.get(t, "missing") for t in asked}
        usage = outcome.usage + guess.usage + issue_run.usage
        green = reproduction.reached(tests)
        regressions: tuple[str, ...] = ()
        facts = {ISSUE: green}
        for suite in self._suite(preparation, state, guess) if green and passing else ():
            facts |= {t: s == "passed" for t, s in suite.status.items() if facts.get(t, True)}
            regressions = regressed([t for t in passing if suite.asked(t)], suite)
            tests |= {test: suite.status.get(test, "missing") for test in regressions}
            usage += suite.usage
            if regressions:
                break
        green = green and not regressions
        timed = self._timed(preparation, state) if green else Measured()
        outcome = replace(
            outcome,
            solved=green and _fast_enough(preparation, timed),
            tests=tests,
            regressions=regressions,
            feedback="\n".join(filter(None, [feedback(issue_run, regressions), timed.told])),
            usage=usage + timed.usage,
            speed=timed.speed,
            guesses=guess.passes,
            facts={test: facts[test] for test in guess.passes if test in facts},
        )
        if timed.changed:
            return replace(outcome, kind="failed", reason="changes_result", state=None)
        scene = replace(
            _scene(position, outcome),
            step=self.bench.sandbox.states.diff(position.state, state),
            # How many a run saw before it stopped depends on the order, and so on guesses.
            evidence=Evidence(
                tests=tests,
                regressions=regressions[:1],
                failures=issue_run.failures,
                speed=timed.speed,
            ),
        )
        return self._valued(outcome, scene)

    def _issue_run(self, reproduction: Reproduction, state: StateId) -> TestRun:
        """Without what a model wrote beside the issue's own tests: that is for the verifier."""
        votes = set(reproduction.written).difference(reproduction.targets)
        wall_s = deadline(reproduction, SLACK)
        return self.bench.reproduce(state, reproduction, wall_s=wall_s, without=votes)

    def _timed(self, preparation: Preparation, state: StateId) -> Measured:
        """The workload, where there is one."""
        if preparation.slowness is None:
            return Measured()
        base, slowness = StateId(preparation.base), preparation.slowness
        return measure(self.bench, base, state, slowness, IN_SEARCH, slack=SLACK)

    def _valued(self, outcome: Outcome, scene: Scene) -> Outcome:
        estimate = self.value.estimate(scene)
        return replace(
            outcome,
            value=estimate.value,
            estimates=estimate.parts,
            critique=estimate.critique,
            usage=outcome.usage + estimate.usage,
        )

    def _guess(self, position: Position, outcome: Outcome) -> Guess:
        question = Question(
            search=position.search,
            trial=position.trial,
            issue=position.issue,
            preparation=position.preparation,
            patch=outcome.patch,
            earlier=self.earlier,
        )
        return self.surrogate.guess(question)

    def _suite(self, preparation: Preparation, state: StateId, guess: Guess) -> Iterator[TestRun]:
        """What is thought to break, then everything; each run ends at its first regression."""
        baseline = preparation.baseline
        wall_s = suite_deadline(baseline, SLACK)
        known_tests = frozenset(baseline.passing)
        first = tuple(test for test in guess.suspects if test in known_tests)[:FIRST]
        if first and self._stand_alone(preparation, first, wall_s):
            yield self.bench.suite(state, wall_s=wall_s, only=first, max_failures=1)
        known = len(baseline.failing) + len(baseline.flaky)
        # pytest counts reports: a test can fail in its set-up, its call and its tear-down.
        yield self.bench.suite(state, wall_s=wall_s, max_failures=1 + 3 * known)

    def _stand_alone(self, preparation: Preparation, tests: tuple[str, ...], wall_s: float) -> bool:
        """Whether tests that pass on the base among others do so by themselves.

        Asked once: the sandbox remembers equal runs.
        """
        run = self.bench.suite(StateId(preparation.base), wall_s=wall_s, only=tests, max_failures=1)
        return not run.not_passed(tests)


def _fast_enough(preparation: Preparation, timed: Measured) -> bool:
    """Also true where nothing was to become faster."""
    if preparation.slowness is None:
        return True
    return timed.speed is not None and timed.speed.reaches(preparation.slowness.workload.goal)


def regressed(wanted: Sequence[str], suite: TestRun) -> tuple[str, ...]:
    """Those of `wanted` that did not pass. A run that was cut short convicts what it saw fail,
    and, when nothing failed, the first of what it never came to.
    """
    broken = suite.not_passed(wanted)
    return tuple(test for test in broken if test in suite.status) or broken[:1]


def feedback(run: TestRun, regressions: tuple[str, ...]) -> str:
    """What a later attempt at the same place should know: facts only, a line for each test, then
    the traces of those that failed.
    """
    lines = [
        f"{test}: {status}"
        + (f": {_last_line(run.failures[test])}" if test in run.failures else "")
        for test, status in run.status.items()
    ]
    lines += [f"{test}: passed before, no longer passes" for test in regressions]
    traces = traces_text(run.traces, TRACE_TOKENS)
    return "\n".join([*lines, traces] if traces else lines)


def _scene(position: Position, outcome: Outcome) -> Scene:
    return Scene(
        search=position.search,
        trial=position.trial,
        issue=position.issue,
        preparation=position.preparation,
        summary=outcome.summary,
        patch=outcome.patch,
        path=position.path,
        note=outcome.note,
        prior=outcome.prior,
        seed=position.seed,
    )


def _last_line(text: str) -> str:
    return text.splitlines()[-1][:300] if text else ""


def _unusable(position: Position, proposal: Unusable) -> Outcome:
    return Outcome(
        trial=position.trial,
        kind="failed",
        reason=proposal.reason,
        feedback=proposal.feedback,
        usage=proposal.usage,
        summary=proposal.summary,
        origin=proposal.origin,
    )
