"""From finished states to one verdict. Read this file first.

    put up ─▶ the ladder ─▶ authors' tests on every candidate ─▶ what is worth its cost, again and
    again: a test once more, an input that tells two apart, a review, a judge, further tests ─▶ decide

What is run stands here; what follows from it, and what is worth its cost, in `agents.selection`.
Without a model the same search gives the same verdict.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agents.domain import Ceiling, Outcome, Preparation, Usage, Verdict
from agents.errors import ModelError, ReplayMismatch
from agents.selection.decision import as_it_is
from agents.selection.evidence import Action as Spending
from agents.selection.evidence import Measure
from agents.selection.marginal import Advice, Means, next_measure
from agents.selection.pool import Pool
from agents.selection.posterior import Posterior
from agents.settings import Verification
from agents.verify.actions import Action
from agents.verify.bench import Bench
from agents.verify.briefs import brief_of
from agents.verify.candidates import put_up
from agents.verify.choice import Ending, verdict_of
from agents.verify.comparing import Compare, ReviewOne
from agents.verify.cross_run import CrossRun
from agents.verify.distinguish import Distinguish
from agents.verify.inquiry import Inquiry
from agents.verify.issue_rows import run_again, tests_of
from agents.verify.ladder import Climb, climb_all
from agents.verify.more_tests import MoreTests
from agents.verify.panel import Brief, Case, Panel
from agents.verify.pooling import key_of, pooled
from agents.verify.reproduction import deadline
from agents.verify.rerun import Rerun, may_rerun
from agents.verify.scripts import Scripts
from sandbox.protocol import StateId

LONGEST_S = 86_400.0
"""More time than that is as good as no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Holds nothing of a search between calls."""

    bench: Bench
    """Over a sandbox that remembers nothing of the search."""
    preparation: Preparation
    settings: Verification
    case: Case
    panel: Panel
    slack: float
    """How many times as long as the base did a candidate may take."""
    left: Callable[[Usage], float]
    """Seconds until a limit, after so much use for deciding."""
    affords: Callable[[Usage, Ceiling], bool] = lambda _used, _ceiling: True
    """Whether model calls of at most so much pass no limit, after so much use for deciding."""
    confidence: Callable[[float], float] = as_it_is
    """From a belief to the confidence that the threshold is for."""
    advise: Callable[[Pool, Posterior, Means], Advice] = next_measure
    """What to do next, or why to stop."""

    def verify(self, outcomes: Sequence[Outcome], ending: Ending) -> Verdict:
        """Climb, gather, decide. A model that cannot be asked ends the gathering, not the verdict.

        Raises: SandboxLost, SandboxUnavailable; ReplayMismatch where calls come from a record.
        """
        climbs = climb_all(
            self.bench,
            self.preparation,
            put_up(outcomes, self.preparation.reproduction, self.settings.most),
            slack=self.slack,
            left=self.left,
            without=self.settings.without,
        )
        inquiry = self._opened(climbs)
        if "cross_run" not in self.settings.without:
            baseline = self.preparation.baseline
            CrossRun(bench=self.bench, baseline=baseline, left=self.left).take(inquiry)
        stopped = self._gather(inquiry)
        return verdict_of(
            self.preparation,
            self.settings,
            climbs,
            inquiry,
            ending=ending,
            stopped=stopped,
            confidence=self.confidence,
        )

    def _opened(self, climbs: Sequence[Climb]) -> Inquiry:
        """With all that the ladder saw."""
        written = "written" not in self.settings.without
        pool = pooled(self.preparation, climbs, written=written)
        inquiry = Inquiry(pool=pool, climbs={key_of(climbed): climbed for climbed in climbs})
        for climbed in climbs:
            for rung, usage in climbed.costs.items():
                inquiry.costs[rung] = inquiry.costs.get(rung, Usage()) + usage
        voting = {test.id for test in pool.tests}
        for test in tests_of(self.preparation.reproduction):
            if test.id in voting:
                inquiry.sources[test.id] = test.source
                inquiry.again[test.id] = partial(run_again, self.bench, test, self._issue_s)
        for rung in self.settings.without:
            inquiry.skip(f"{rung}: left out by the settings")
        return inquiry

    def _gather(self, inquiry: Inquiry) -> str:
        """Take measures until none is worth its cost; answers why no further one was."""
        actions = list(self._actions(inquiry))
        while True:
            found = inquiry.beliefs()
            possible: dict[str, Action] = {
                a.rung: a for a in actions if self._may(a, inquiry, found)
            }
            advice = self._advice(inquiry, found, possible)
            if advice.measure is None:
                return advice.stopped
            action = possible[advice.measure.action]
            try:
                self._take(action, inquiry, found, advice.measure)
            except ReplayMismatch:
                raise
            except ModelError as error:
                inquiry.skip(f"{action.rung}: the model could not be asked: {error}")
                actions = [a for a in actions if isinstance(a, Rerun)]

    def _may(self, action: Action, inquiry: Inquiry, found: Posterior) -> bool:
        """Whether anything is left for an action, and its calls pass no limit."""
        if action.target(inquiry, found) is None:
            return False
        if not self.affords(inquiry.usage, action.ceiling):
            inquiry.skip(f"{action.rung}: its calls could have passed the limit on tokens or USD")
            return False
        return True

    def _advice(self, inquiry: Inquiry, found: Posterior, possible: Mapping[str, Action]) -> Advice:
        """What to do next. A test that was run again already, or cannot be, is not run again."""
        costs: dict[Spending, float] = {
            action.rung: action.seconds(inquiry) for action in possible.values()
        }
        left = min(LONGEST_S, self.left(inquiry.usage))
        advice = self.advise(inquiry.pool, found, Means(costs=costs, left=left))
        again = advice.measure is not None and advice.measure.action == "rerun"
        if again and advice.measure is not None and not may_rerun(inquiry, *advice.measure.about):
            del costs["rerun"]
            return self.advise(inquiry.pool, found, Means(costs=costs, left=left))
        return advice

    def _take(self, action: Action, inquiry: Inquiry, found: Posterior, measure: Measure) -> None:
        own = measure.about if measure.action == "rerun" else action.target(inquiry, found)
        inquiry.measures.append(replace(measure, about=own or measure.about))
        action.take(inquiry, own or ())

    def _actions(self, inquiry: Inquiry) -> Iterator[Action]:
        """Those that the settings allow and somebody can carry out."""
        panel, case, without = self.panel, self.case, self.settings.without
        scripts = self._scripts(inquiry)
        brief = partial(self._brief, inquiry)
        if "rerun" not in without:
            yield Rerun(run_s=max(0.1, self.preparation.reproduction.seconds))
        if panel.prober is not None and "distinguish" not in without:
            ceiling = panel.prober.ceiling
            yield Distinguish(
                prober=panel.prober,
                case=case,
                scripts=scripts,
                brief=brief,
                number=self.settings.probes,
                affords=lambda: self.affords(inquiry.usage, ceiling),
                left=lambda: self.left(inquiry.usage),
            )
        if panel.reviewer is not None and "review" not in without:
            yield ReviewOne(reviewer=panel.reviewer, case=case, brief=brief)
        if panel.judge is not None and "judge" not in without:
            yield Compare(judge=panel.judge, case=case, scripts=scripts, brief=brief)
        if panel.writer is not None and "written" not in without:
            yield MoreTests(
                writer=panel.writer,
                case=case,
                bench=self.bench,
                number=self.settings.tests,
                wall_s=self._issue_s,
                left=lambda: self.left(inquiry.usage),
                failing=self.preparation.reproduction.targets,
            )

    def _scripts(self, inquiry: Inquiry) -> Scripts:
        states: dict[str | None, StateId] = {None: self.bench.base}
        for option in inquiry.pool.standing:
            state = inquiry.climbs[option.key].state
            if state is not None:
                states[option.key] = state
        return Scripts(bench=self.bench, states=states, wall_s=lambda: self.left(inquiry.usage))

    def _brief(self, inquiry: Inquiry, key: str) -> Brief:
        passing = len(self.preparation.baseline.passing)
        return brief_of(inquiry.climbs[key], inquiry.pool, passing)

    def _issue_s(self) -> float:
        return deadline(self.preparation.reproduction, self.slack)
