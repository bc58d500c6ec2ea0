"""The whole of a search in one process, its trials in threads."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event

from agents.domain import Outcome, Usage
from agents.engine import TRIES, Engine, cause_of
from agents.errors import AgentError, ModelUnreachable
from sandbox.errors import SandboxError, SandboxLost


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
        # SystemError: Python's parser, used by several threads, now and then (CPython gh-106905).
        except (SandboxLost, ModelUnreachable, SystemError) as error:
            reason = cause_of(error)
            if stopped.is_set():
                break
    return Outcome(trial=number, kind="lost", reason=reason, usage=Usage())
