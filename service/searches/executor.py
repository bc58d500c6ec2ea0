"""Who carries searches out: threads of this process, or Celery workers somewhere."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from service.errors import BrokerUnreachable, ExecutorStopped
from service.queue.leases import Leases
from service.queue.transport import Transport

_log = structlog.get_logger()


class Executor(Protocol):
    """Takes on stored searches."""

    def start(self) -> None:
        """Go on with what an earlier process left unfinished."""
        ...

    def submit(self, search: str) -> None:
        """Carry a stored search out. Returns at once. Raises: ExecutorStopped."""
        ...

    def stop(self, wait_s: float | None = None) -> None:
        """Take on nothing new; wait for what is under way, at most `wait_s`. Idempotent."""
        ...


class InProcessExecutor:
    """A few threads, each with one search at a time; the first submitted is the first begun."""

    def __init__(
        self,
        run: Callable[[str], None],
        unfinished: Callable[[], list[str]],
        fail: Callable[[str, Exception], None],
        *,
        at_once: int = 2,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        """`run` carries one search out and calls `check` between its steps; `fail` stores why it
        could not be carried out; `close` ends what searches left behind, once none runs.
        """
        self._run, self._unfinished, self._fail, self._close = run, unfinished, fail, close
        self._waiting: deque[str] = deque()
        self._known: set[str] = set()
        self._stopped = False
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"search-{number}", daemon=True)
            for number in range(at_once)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()
        for search in self._unfinished():
            _log.info("search resumed", search=search)
            self.submit(search)

    def submit(self, search: str) -> None:
        with self._changed:
            if self._stopped:
                raise ExecutorStopped(f"search {search} waits for the next start")
            if search not in self._known:
                self._known.add(search)
                self._waiting.append(search)
                self._changed.notify()

    def stop(self, wait_s: float | None = None) -> None:
        """Searches that were not begun stay queued; they are resumed at the next start."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        deadline = None if wait_s is None else time.monotonic() + wait_s
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        if not any(thread.is_alive() for thread in self._threads):
            self._close()

    def check(self) -> None:
        """Raises: ExecutorStopped when a search under way should not take another step."""
        if self._stopped:
            raise ExecutorStopped("the server stops; the search goes on at its next start")

    def _work(self) -> None:
        while (search := self._next()) is not None:
            with structlog.contextvars.bound_contextvars(search=search):
                self._carry_out(search)

    def _next(self) -> str | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._waiting)
            return None if self._stopped else self._waiting.popleft()

    def _carry_out(self, search: str) -> None:
        """An entry point: what nobody foresaw ends this search, not the thread.

        Unless the process is ending: then its threads fail for that reason alone.
        """
        try:
            self._run(search)
        except Exception as error:  # noqa: BLE001 - logged
            if self._stopped:
                _log.info("search interrupted", search=search, error=str(error))
                return
            _log.exception("search failed")
            self._fail(search, error)
        finally:
            with self._changed:
                self._known.discard(search)


@dataclass(frozen=True, slots=True)
class CeleryExecutor:
    """Only sends: workers and their sweepers do the rest, also after this process ended."""

    leases: Leases
    transport: Transport

    def start(self) -> None:
        """Nothing: unfinished searches are the sweepers' business."""

    def submit(self, search: str) -> None:
        """A broker that is away delays the search; the sweeper sends its units later."""
        for unit in self.leases.due(search):
            try:
                self.transport.send(unit)
            except BrokerUnreachable as error:
                _log.warning("search not sent yet", search=search, error=str(error))
                self.leases.not_sent([unit])

    def stop(self, wait_s: float | None = None) -> None:
        """Nothing is under way here."""
