"""A search in this process, on the SQLite file or whichever database is configured."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from rich.console import Console

from agents.domain import Issue
from agents.driver import run_in_process
from agents.engine import Engine
from agents.settings import SearchSettings
from agents.store import SearchRecord
from service.bootstrap import build_engine, build_store
from service.config import Settings
from service.console.progress_view import watching
from service.kit import migrate
from service.searches.store import SqlStore


@dataclass(frozen=True, slots=True)
class LocalSearches:
    """An engine with its store. `open_local` closes it."""

    engine: Engine
    store: SqlStore

    def run(self, console: Console, issue: Issue, settings: SearchSettings) -> SearchRecord:
        """Store a search, carry it out while showing it, and answer how it stands."""
        return self.go_on(console, self.store.create(issue, settings, local=True))

    def go_on(self, console: Console, search: str) -> SearchRecord:
        """Carry out what is left of a stored search.

        Raises: KeyError for an unknown one, KeyboardInterrupt.
        """
        load = self.engine.store.load
        with self._interruptible(), watching(console, lambda: load(search)):
            run_in_process(self.engine, search)
        return load(search)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Ctrl-C kills the runs under way, which may be long, instead of waiting for them."""
        usual = signal.getsignal(signal.SIGINT)

        def interrupt(_number: int, _frame: FrameType | None) -> None:
            signal.signal(signal.SIGINT, usual)
            # In a thread: this one may hold the very lock that closing takes.
            threading.Thread(target=self.engine.tools.sandbox.close, daemon=True).start()
            raise KeyboardInterrupt

        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, usual)


@contextmanager
def open_local(settings: Settings) -> Iterator[LocalSearches]:
    """Raises: SandboxUnavailable, MigrationNeeded."""
    store = build_store(settings)
    migrate.ensure(store.database)
    engine = build_engine(settings, store, allow_local=True)
    try:
        yield LocalSearches(engine, store)
    finally:
        engine.tools.sandbox.close()
        store.database.close()
