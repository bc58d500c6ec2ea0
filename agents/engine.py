"""The four steps of a search, and a driver that takes them all in one process.

    prepare ─▶ advance ─▶ carry_out (many at once) ─▶ advance ─▶ … ─▶ decide

Between two steps everything lives in the store, so any process may take the next one. A queue's
workers call the same four methods.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.domain import Issue, Outcome, Preparation, Step, Verdict
from agents.errors import AgentError, ModelError, ModelUnreachable, SearchConflict
from agents.localise.excerpts import excerpts
from agents.localise.ranker import Ranker
from agents.policy.protocol import Policy, Position
from agents.prepare import CODE_TOKENS, bench_for, prepare
from agents.registry import check, strategy_of
from agents.rollout import SLACK, Rollout
from agents.schedule import (
    Planner,
    Purse,
    affords,
    infrastructure_failure,
    limit_left,
    purse_left,
    wall_left,
)
from agents.search.strategy import Strategy
from agents.selection.beliefs import DEFAULT
from agents.selection.calibration.calibration_map import PRIOR, CalibrationMap
from agents.store import FINAL, SearchRecord, SearchStore, StoredTrial, path_to
from agents.surrogate.history import History
from agents.surrogate.hit_rate import hit_rate
from agents.surrogate.protocol import Surrogate
from agents.value.progress import Progress
from agents.value.protocol import ValueFunction
from agents.verify.baseline_store import BaselineStore, MemoryBaselines
from agents.verify.bench import Bench
from agents.verify.briefs import case_of
from agents.verify.choice import Ending
from agents.verify.confidence import with_confidence
from agents.verify.panel import Panel
from agents.verify.verifier import Verifier
from agents.verify.written import Writing
from sandbox.errors import SandboxError, SandboxLost
from sandbox.protocol import Sandbox, StateId, States

TRIES = 3
"""How often a trial is begun before it is told as lost."""


NO_MODEL = "the model cannot be asked"
"""How the cause of a search begins that failed for its model."""


KEPT_SEARCHES = 16
"""Searches for which policies, benches and planners are kept: a worker may never hear of an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the engine works with; built by the composition root."""

    sandbox: Sandbox
    """May remember equal runs."""
    fresh_sandbox: Sandbox
    """Remembers nothing: the final verification runs here."""
    repository: Callable[[Issue], Path]
    """A local git repository that holds the issue's commit. Raises: RepositoryUnreadable."""
    policy: Callable[[SearchRecord], Policy]
    """Raises: ModelError where the model can be seen not to work."""
    value: Callable[[SearchRecord], ValueFunction] = lambda _: Progress()
    """Raises: as `policy` does."""
    surrogate: Callable[[SearchRecord], Surrogate] = lambda _: History()
    """Raises: as `policy` does."""
    ranker: Callable[[SearchRecord], Ranker | None] = lambda _: None
    """Raises: as `policy` does."""
    panel: Callable[[SearchRecord], Panel] = lambda _: Panel()
    """Who helps to verify: the search leaves in the purse what they may cost. Raises: as `policy`
    does."""
    confidence: Callable[[], CalibrationMap] = lambda: PRIOR
    """What a verdict's belief is worth; read once for each verdict."""
    baselines: BaselineStore = field(default_factory=MemoryBaselines)
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Advance:
    """Trials just opened; or that it is time to decide."""

    opened: tuple[int, ...] = ()
    decide: bool = False


@dataclass(slots=True)
class Engine:
    """Holds no state of a search between calls but caches."""

    store: SearchStore
    tools: Tools
    _benches: dict[str, Bench] = field(default_factory=dict)
    _policies: dict[str, Policy] = field(default_factory=dict)
    _values: dict[str, ValueFunction] = field(default_factory=dict)
    _surrogates: dict[str, Surrogate] = field(default_factory=dict)
    _panels: dict[str, Panel] = field(default_factory=dict)
    _planners: dict[str, Planner] = field(default_factory=dict)
    _here: dict[str, set[StateId]] = field(default_factory=dict)
    """Search → its states that this machine has, by their making or by their patch."""
    _recent: dict[str, None] = field(default_factory=dict)

    def prepare(self, search: str) -> None:
        """From ``queued`` to ``searching``; or ``failed``, with a cause that names the remedy."""
        record = self.store.load(search)
        if record.phase not in {"queued", "preparing"}:
            return
        self.store.set_phase(search, "preparing")
        try:
            preparation = self._prepared(record)
        except SandboxLost:
            raise
        except (AgentError, SandboxError, OSError) as error:
            self.fail(search, error)
            return
        self.store.save_preparation(search, preparation)
        self.store.set_phase(search, "searching")

    def advance(self, search: str) -> Advance:
        """Open the next trials, if it is time. Two callers at once open them once."""
        record = self.store.load(search)
        if record.phase in FINAL:
            self._forget(search)
        if record.phase != "searching" or record.preparation is None:
            return Advance(decide=record.phase == "verifying")
        if not record.preparation.verifiable:
            return self._to_verification(search)
        lost = infrastructure_failure(record)
        if lost:
            self.store.set_phase(search, "failed", lost)
            self._forget(search)
            return Advance()
        try:
            return self._opened(record)
        except ModelUnreachable:
            raise
        except AgentError as error:  # on a machine that has no key, or another price table
            self.fail(search, error)
            return Advance()

    def _opened(self, record: SearchRecord) -> Advance:
        search, planner = record.id, self._planner(record)
        planned = planner.plan(record, self.tools.clock())
        if planned.over and not planned.opened:
            return self._to_verification(search)
        if planned.opened:
            try:
                self.store.open_trials(search, planned.opened)
            except SearchConflict:  # another worker opened the very same trials
                return Advance()
        self._planners[search] = planner
        return Advance(opened=tuple(trial.number for trial in planned.opened))

    def carry_out(self, search: str, number: int) -> Outcome:
        """Try one edit; the caller records the outcome.

        Raises: SandboxLost, ModelUnreachable (try again); other ModelError and SandboxError (the
        search cannot go on).
        """
        record = self.store.load(search)
        trial = record.trials[number]
        rollout = Rollout(
            policy=self._policy(record),
            value=self._value(record),
            bench=self._bench(record),
            surrogate=self._surrogate(record),
            earlier=[t.outcome for t in record.trials[: trial.told] if t.outcome is not None],
        )
        outcome = rollout.carry_out(self._position(record, trial))
        if outcome.state is not None:
            self._here.setdefault(search, set()).add(StateId(outcome.state))
        return outcome

    def decide(self, search: str) -> None:
        """Take every candidate up the ladder, choose or abstain, and store the verdict."""
        record = self.store.load(search)
        if record.phase != "verifying" or record.preparation is None:
            return
        try:
            verdict = self._verdict(record, record.preparation)
        except SandboxLost:
            raise
        except (AgentError, SandboxError, OSError) as error:
            self.fail(search, error)
            return
        self.store.save_verdict(search, verdict)
        self._forget(search)

    def fail(self, search: str, error: Exception) -> None:
        """The search cannot go on: say why."""
        self.store.set_phase(search, "failed", cause_of(error))
        self._forget(search)

    def _remember(self, search: str) -> None:
        """Note that a search is under way here; the one not heard of for longest is forgotten."""
        self._recent.pop(search, None)
        self._recent[search] = None
        while len(self._recent) > KEPT_SEARCHES:
            self._forget(next(iter(self._recent)))

    def _forget(self, search: str) -> None:
        self._recent.pop(search, None)
        self._benches.pop(search, None)
        self._policies.pop(search, None)
        self._values.pop(search, None)
        self._surrogates.pop(search, None)
        self._panels.pop(search, None)
        self._planners.pop(search, None)
        self._here.pop(search, None)

    def _to_verification(self, search: str) -> Advance:
        self.store.set_phase(search, "verifying")
        return Advance(decide=True)

    def _prepared(self, record: SearchRecord) -> Preparation:
        check(record.settings)
        self._surrogate(record)
        limits, purse = record.settings.limits, self._purse(record)
        ranker, writing = self.tools.ranker(record), self._writing(record)
        written = purse if writing is None else purse.preparing(writing.writer.ceiling)
        written.check(limits)
        if written.fits(limits):
            purse = written
        else:
            writing = None
        if ranker is not None:
            purse = purse.preparing(ranker.ceiling)
        purse.check(limits)
        began = record if record.started_at else replace(record, started_at=self.tools.clock())
        prepared = prepare(
            self.tools.sandbox,
            self.tools.repository(record.issue),
            record.issue,
            self.tools.baselines,
            left=lambda: wall_left(began, self.tools.clock(), reserve=True),
            writing=writing,
        )
        if ranker is None or not prepared.verifiable or not purse.fits(limits):
            return prepared
        return ranker.ranked(
            record.id, record.issue, prepared, _shown(prepared, self.tools.sandbox.states)
        )

    def _writing(self, record: SearchRecord) -> Writing | None:
        """Who writes tests, where the search wants any."""
        verification, writer = record.settings.verification, self._panel(record).writer
        if writer is None or "written" in verification.without or verification.tests <= 0:
            return None
        return Writing(writer=writer, search=record.id, number=verification.tests)

    def _code(self, prepared: Preparation, bench: Bench) -> str:
        """Excerpts of the likeliest functions, for who helps to decide."""
        sources = _shown(prepared, bench.sandbox.states)
        functions = prepared.localisation.functions
        return excerpts(functions, sources, prepared.python_path, CODE_TOKENS)

    def _verdict(self, record: SearchRecord, preparation: Preparation) -> Verdict:
        outcomes = [t.outcome for t in record.trials if t.outcome is not None]
        usage = sum((outcome.usage for outcome in outcomes), preparation.usage)
        bench = self._fresh_bench(record)
        panel, purse, note = self._helpers(record)
        money, calibration = purse_left(record, purse), self.tools.confidence()
        verifier = Verifier(
            bench=bench,
            preparation=preparation,
            settings=record.settings.verification,
            case=case_of(record.id, record.issue, preparation, self._code(preparation, bench)),
            panel=panel,
            slack=SLACK,
            left=lambda used: limit_left(record, usage + used, self.tools.clock()),
            affords=lambda used, asked: affords(money, used, asked),
            confidence=calibration.fitting(DEFAULT.name).apply,
        )
        tried = sum(bool(outcome.summary) for outcome in outcomes)
        ending = Ending(tried=tried, limit=self._limit(record), usage=usage)
        verdict = verifier.verify(outcomes, ending)
        told = hit_rate(outcomes)
        verdict = replace(
            verdict,
            guesses_checked=told.checked,
            guesses_right=told.right,
            skipped=verdict.skipped + note,
        )
        return with_confidence(verdict, calibration)

    def _helpers(self, record: SearchRecord) -> tuple[Panel, Purse, tuple[str, ...]]:
        """Who helps to decide. What was found is not lost where, by now, no model can be asked."""
        try:
            return self.tools.panel(record), self._purse(record), ()
        except ModelError as error:
            return Panel(), Purse(), (f"judge and all others who ask a model: {cause_of(error)}",)

    def _planner(self, record: SearchRecord) -> Planner:
        """The planner kept from the last call, where it can follow; whoever uses it keeps it again
        once what it opened is stored."""
        kept = self._planners.pop(record.id, None)
        if kept is not None and kept.follows(record):
            return kept
        return Planner(record, _strategy(record), self._purse(record))

    def _limit(self, record: SearchRecord) -> str | None:
        """The limit that ended the search. What was found is not lost where, by now, no model can
        be asked: it is then only not known how much was promised to one more trial."""
        try:
            planner = self._planner(record)
        except ModelError:
            planner = Planner(record, _strategy(record), Purse())
        return planner.plan(record, self.tools.clock()).limit

    def _purse(self, record: SearchRecord) -> Purse:
        """Raises: as `Tools.policy` does."""
        trial = self._policy(record).ceiling + self._value(record).ceiling
        trial += self._surrogate(record).ceiling
        return Purse(trial=trial, verification=self._panel(record).ceiling)

    def _policy(self, record: SearchRecord) -> Policy:
        self._remember(record.id)
        if record.id not in self._policies:
            self._policies[record.id] = self.tools.policy(record)
        return self._policies[record.id]

    def _panel(self, record: SearchRecord) -> Panel:
        if record.id not in self._panels:
            self._panels[record.id] = self.tools.panel(record)
        return self._panels[record.id]

    def _value(self, record: SearchRecord) -> ValueFunction:
        if record.id not in self._values:
            self._values[record.id] = self.tools.value(record)
        return self._values[record.id]

    def _surrogate(self, record: SearchRecord) -> Surrogate:
        if record.id not in self._surrogates:
            self._surrogates[record.id] = self.tools.surrogate(record)
        return self._surrogates[record.id]

    def _bench(self, record: SearchRecord) -> Bench:
        """The bench of a prepared search. On another machine than the preparing one, this brings
        the base here again."""
        if record.id not in self._benches:
            bench = self._new_bench(record, self.tools.sandbox)
            preload = record.preparation.preload if record.preparation else ()
            self._benches[record.id] = replace(bench, preload=preload)
        return self._benches[record.id]

    def _fresh_bench(self, record: SearchRecord) -> Bench:
        return self._new_bench(record, self.tools.fresh_sandbox)

    def _new_bench(self, record: SearchRecord, sandbox: Sandbox) -> Bench:
        if record.preparation is None:
            raise SearchConflict(f"search {record.id} is not prepared yet")
        repository = self.tools.repository(record.issue)
        base, _ = sandbox.states.import_commit(repository, record.preparation.commit)
        return bench_for(sandbox, record.issue, base)

    def _position(self, record: SearchRecord, trial: StoredTrial) -> Position:
        if record.preparation is None:
            raise SearchConflict(f"search {record.id} is not prepared yet")
        path = path_to(record.trials, trial)
        steps = _Steps(record, trial.told)
        return Position(
            search=record.id,
            trial=trial.number,
            issue=record.issue,
            preparation=record.preparation,
            state=self._restored(record, record.preparation, path),
            ordinal=trial.ordinal,
            seed=f"{record.settings.seed}:{trial.number}",
            path=[steps.of(made) for made in path],
            tried=[steps.of(t.number) for t in record.trials[: trial.told]
                   if (t.node, t.stage) == (trial.node, trial.stage)],
            stage=trial.stage,
            arm=trial.arm,
        )  # fmt: skip

    def _restored(
        self, record: SearchRecord, preparation: Preparation, path: Sequence[int]
    ) -> StateId:
        """The state at the end of a path, made again from its patch where this machine has not
        seen it."""
        base = StateId(preparation.base)
        outcome = record.trials[path[-1]].outcome if path else None
        if outcome is None or outcome.state is None:
            return base
        state = StateId(outcome.state)
        here = self._here.setdefault(record.id, set())
        if state not in here:
            self._bench(record).sandbox.states.restore(base, outcome.patch, state)
            here.add(state)
        return state


@dataclass(frozen=True, slots=True)
class _Steps:
    """What a policy may see of earlier trials: nothing that was told after its own was opened."""

    record: SearchRecord
    told: int

    def of(self, number: int) -> Step:
        outcome = self.record.trials[number].outcome
        if outcome is None or number >= self.told:
            raise SearchConflict(f"trial {number} was not told yet")
        return Step(
            summary=outcome.summary or outcome.reason,
            patch=outcome.patch,
            value=outcome.value if outcome.kind == "expanded" else None,
            feedback=outcome.feedback,
            critique=outcome.critique,
            note=outcome.note,
        )


def _shown(prepared: Preparation, states: States) -> dict[str, str]:
    """The files of the likeliest functions, on the base."""
    base = StateId(prepared.base)
    paths = {place.path for place in prepared.localisation.functions}
    found = {path: states.read(base, path) for path in sorted(paths)}
    return {path: (text or b"").decode("utf-8", "replace") for path, text in found.items()}


def _strategy(record: SearchRecord) -> Strategy:
    return strategy_of(record.settings, len(record.issue.candidates))


def cause_of(error: Exception) -> str:
    """The error in words for the search's owner."""
    if isinstance(error, ModelError):
        return f"{NO_MODEL}: {error}"
    if isinstance(error, OSError):
        return (
            f"{error.filename or 'this machine'}: {error.strerror or error}; free some space, or "
            "give the right to write there"
        )
    return str(error)
