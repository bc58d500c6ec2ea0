"""The four steps of a search, and a driver that takes them all in one process.

    prepare ─▶ advance ─▶ carry_out (many at once) ─▶ advance ─▶ … ─▶ decide

Between two steps everything lives in the store, so any process may take the next one. A queue's
workers call the same four methods.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

from agents.domain import Issue, Outcome, Preparation, Step, Usage, Verdict
from agents.errors import AgentError, ModelError, ModelUnreachable, SearchConflict
from agents.policy.protocol import Policy, Position
from agents.prepare import SUITE_WALL_S, bench_for, prepare
from agents.registry import check, strategy_of
from agents.rollout import SLACK, Rollout
from agents.schedule import Planner, infrastructure_failure
from agents.store import SearchRecord, SearchStore, StoredTrial, path_to
from agents.value.progress import Progress
from agents.value.protocol import ValueFunction
from agents.verify.baseline_store import BaselineStore, MemoryBaselines
from agents.verify.bench import Bench
from agents.verify.choice import choose
from agents.verify.ladder import climb
from sandbox.errors import SandboxError, SandboxLost
from sandbox.protocol import Sandbox, StateId

TRIES = 3
"""How often a trial is begun before it is told as lost."""


NO_MODEL = "the model cannot be asked"
"""How the cause of a search begins that failed for its model."""


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
    _planners: dict[str, Planner] = field(default_factory=dict)
    _here: dict[str, set[StateId]] = field(default_factory=dict)
    """Search → its states that this machine has, by their making or by their patch."""

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
            self.store.set_phase(search, "failed", cause_of(error))
            return
        self.store.save_preparation(search, preparation)
        self.store.set_phase(search, "searching")

    def advance(self, search: str) -> Advance:
        """Open the next trials, if it is time. Two callers at once open them once."""
        record = self.store.load(search)
        if record.phase != "searching" or record.preparation is None:
            return Advance(decide=record.phase == "verifying")
        if not record.preparation.verifiable:
            return self._to_verification(search)
        lost = infrastructure_failure(record)
        if lost:
            self.store.set_phase(search, "failed", lost)
            return Advance()
        planner = self._planner(record)
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
        rollout = Rollout(
            policy=self._policy(record),
            value=self._value(record),
            bench=self._bench(record),
            watchdog=watchdog(record, record.trials[number].told),
        )
        outcome = rollout.carry_out(self._position(record, record.trials[number]))
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
            self.store.set_phase(search, "failed", cause_of(error))
            return
        self.store.save_verdict(search, verdict)
        self._forget(search)

    def fail(self, search: str, error: Exception) -> None:
        """The search cannot go on: say why."""
        self.store.set_phase(search, "failed", cause_of(error))
        self._forget(search)

    def _forget(self, search: str) -> None:
        self._benches.pop(search, None)
        self._policies.pop(search, None)
        self._values.pop(search, None)
        self._planners.pop(search, None)
        self._here.pop(search, None)

    def _to_verification(self, search: str) -> Advance:
        self.store.set_phase(search, "verifying")
        return Advance(decide=True)

    def _prepared(self, record: SearchRecord) -> Preparation:
        check(record.settings)
        self._policy(record)
        self._value(record)
        repository = self.tools.repository(record.issue)
        return prepare(
            self.tools.sandbox,
            repository,
            record.issue,
            self.tools.baselines,
            wall_s=record.settings.limits.wall_s or SUITE_WALL_S,
        )

    def _verdict(self, record: SearchRecord, preparation: Preparation) -> Verdict:
        bench = self._fresh_bench(record)
        solved = self._distinct_solutions(record)
        climbs = [climb(bench, preparation, outcome, slack=SLACK) for outcome in solved]
        usage = sum((t.outcome.usage for t in record.trials if t.outcome), preparation.usage)
        planned = self._planner(record).plan(record, self.tools.clock())
        return choose(
            preparation,
            climbs,
            tried=sum(t.outcome is not None and bool(t.outcome.summary) for t in record.trials),
            limit=planned.limit,
            usage=sum((c.usage for c in climbs), usage),
        )

    def _planner(self, record: SearchRecord) -> Planner:
        """The planner kept from the last call, where it can follow; whoever uses it keeps it again
        once what it opened is stored."""
        kept = self._planners.pop(record.id, None)
        if kept is not None and kept.follows(record):
            return kept
        ceiling = self._policy(record).ceiling + self._value(record).ceiling
        return Planner(record, strategy_of(record.settings), ceiling)

    def _distinct_solutions(self, record: SearchRecord) -> list[Outcome]:
        outcomes = [t.outcome for t in record.trials if t.outcome is not None and t.outcome.solved]
        return list({outcome.state: outcome for outcome in reversed(outcomes)}.values())[::-1]

    def _policy(self, record: SearchRecord) -> Policy:
        if record.id not in self._policies:
            self._policies[record.id] = self.tools.policy(record)
        return self._policies[record.id]

    def _value(self, record: SearchRecord) -> ValueFunction:
        if record.id not in self._values:
            self._values[record.id] = self.tools.value(record)
        return self._values[record.id]

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


def watchdog(record: SearchRecord, told: int) -> str | None:
    """The repository's test that failed on most of the edits told so far."""
    outcomes = [trial.outcome for trial in record.trials[:told] if trial.outcome]
    caught = Counter(
        test for o in outcomes for test in o.regressions if o.tests.get(test) in {"failed", "error"}
    )
    return caught.most_common(1)[0][0] if caught else None


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


def run_in_process(
    engine: Engine,
    search: str,
    workers: int | None = None,
    between: Callable[[], None] = lambda: None,
) -> None:
    """The whole search, in threads; goes on where the store says it is.

    An interrupt leaves the search resumable: trials that were under way stay open in the store.
    They are not waited for; closing the sandbox ends them. `between` is called between two steps,
    and may raise to interrupt. `workers` None: as many as trials may be open. Most of them wait for
    a model, which takes no core; how many runs there are at once is the sandbox's business.
    """
    engine.prepare(search)
    width = engine.store.load(search).settings.width
    pool, stopped = ThreadPoolExecutor(workers or width), Event()
    try:
        _drive(engine, search, pool, stopped, between)
        between()
    except BaseException:
        stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    engine.decide(search)


def _drive(
    engine: Engine,
    search: str,
    pool: ThreadPoolExecutor,
    stopped: Event,
    between: Callable[[], None],
) -> None:
    def start(numbers: Iterable[int]) -> set[Future[Outcome]]:
        return {pool.submit(_stubbornly, engine, search, number, stopped) for number in numbers}

    running = start(t.number for t in engine.store.load(search).trials if t.outcome is None)
    while True:
        step = engine.advance(search)
        running |= start(step.opened)
        if not running:
            return
        done, running = wait(running, return_when=FIRST_COMPLETED)
        failure = _record(engine, search, done)
        if failure is not None:
            _record(engine, search, wait(running).done)
            _close_open_trials(engine, search, cause_of(failure))
            engine.fail(search, failure)
            return
        between()


def _record(engine: Engine, search: str, done: set[Future[Outcome]]) -> Exception | None:
    """Record every outcome that came back; answer what makes the search impossible, if anything."""
    failure: Exception | None = None
    for future in done:
        try:
            engine.store.record_outcome(search, future.result())
        except (AgentError, SandboxError, OSError) as error:
            failure = failure or error
    return failure


def _close_open_trials(engine: Engine, search: str, reason: str) -> None:
    """No trial stays open in a search that is over."""
    for trial in engine.store.load(search).trials:
        if trial.outcome is None:
            lost = Outcome(trial=trial.number, kind="lost", reason=reason)
            engine.store.record_outcome(search, lost)


def _stubbornly(engine: Engine, search: str, number: int, stopped: Event) -> Outcome:
    """Carry out a trial; begin again what the infrastructure lost, a few times."""
    reason = ""
    for _ in range(TRIES):
        try:
            return engine.carry_out(search, number)
        except (SandboxLost, ModelUnreachable) as error:
            reason = cause_of(error)
            if stopped.is_set():
                break
    return Outcome(trial=number, kind="lost", reason=reason, usage=Usage())
