"""The four steps of a search, and a driver that takes them all in one process.

    prepare ─▶ advance ─▶ carry_out (many at once) ─▶ advance ─▶ … ─▶ decide

Between two steps everything lives in the store, so any process may take the next one. A queue's
workers call the same four methods.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.domain import Outcome, Preparation, Step, Verdict
from agents.errors import AgentError, ModelError, ModelUnreachable, SearchConflict
from agents.localise.excerpts import excerpts
from agents.policy.protocol import Position
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
from agents.store import FINAL, SearchRecord, SearchStore, StoredTrial, path_to
from agents.surrogate.hit_rate import hit_rate
from agents.tools import Kept, Tools, Workshop
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
    _workshop: Workshop | None = None

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
        self._of(record).planner = planner
        return Advance(opened=tuple(trial.number for trial in planned.opened))

    def carry_out(self, search: str, number: int) -> Outcome:
        """Try one edit; the caller records the outcome.

        Raises: SandboxLost, ModelUnreachable (try again); other ModelError and SandboxError (the
        search cannot go on).
        """
        record = self.store.load(search)
        trial = record.trials[number]
        rollout = Rollout(
            policy=self._of(record).policy,
            value=self._of(record).value,
            bench=self._bench(record),
            surrogate=self._of(record).surrogate,
            earlier=[t.outcome for t in record.trials[: trial.told] if t.outcome is not None],
        )
        outcome = rollout.carry_out(self._position(record, trial))
        if outcome.state is not None:
            self._of(record).here.add(StateId(outcome.state))
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

    def _of(self, record: SearchRecord) -> Kept:
        if self._workshop is None or self._workshop.tools is not self.tools:
            self._workshop = Workshop(self.tools)
        return self._workshop.of(record)

    def _forget(self, search: str) -> None:
        if self._workshop is not None:
            self._workshop.forget(search)

    def _to_verification(self, search: str) -> Advance:
        self.store.set_phase(search, "verifying")
        return Advance(decide=True)

    def _prepared(self, record: SearchRecord) -> Preparation:
        check(record.settings)
        _ = self._of(record).surrogate  # before anything is paid: it may not be had
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
        verification, writer = record.settings.verification, self._of(record).panel.writer
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
        kept = self._of(record)
        planner, kept.planner = kept.planner, None
        if planner is not None and planner.follows(record):
            return planner
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
        kept = self._of(record)
        trial = kept.policy.ceiling + kept.value.ceiling + kept.surrogate.ceiling
        return Purse(trial=trial, verification=kept.panel.ceiling)

    def _bench(self, record: SearchRecord) -> Bench:
        """The bench of a prepared search. On another machine than the preparing one, this brings
        the base here again."""
        kept = self._of(record)
        if kept.bench is None:
            bench = self._new_bench(record, self.tools.sandbox)
            preload = record.preparation.preload if record.preparation else ()
            kept.bench = replace(bench, preload=preload)
        return kept.bench

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
        here = self._of(record).here
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
