"""Leases on work units: taken, kept alive by a thread, given back."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from service.kit.database import DATABASE_LOST, Database
from service.queue import repository
from service.queue.units import Lease, Unit

_log = structlog.get_logger()

PAUSE_S = 1.0
"""Before a failed unit is sent again."""


@dataclass(frozen=True, slots=True)
class Leases:
    """Each call is one transaction. Safe to share between threads."""

    database: Database
    seconds: float
    heartbeat_s: float
    max_tries: int
    requeue_s: float

    def add(self, unit: Unit) -> None:
        """Make a unit ready, once."""
        with self.database.write() as session:
            repository.add(session, [unit])

    def take(self, unit: Unit, owner: str) -> Lease | None:
        """None: it is over, someone else holds it, or its tries ran out."""
        with self.database.write() as session:
            return repository.lease(
                session, unit, owner, seconds=self.seconds, max_tries=self.max_tries
            )

    def give_back(self, lease: Lease, error: str) -> None:
        """The try failed; the sweeper sends the unit again, or buries it."""
        with self.database.write() as session:
            repository.release(session, lease, error=error, pause=PAUSE_S)

    def finish(self, lease: Lease) -> None:
        """Nothing is left to do; ignored under an old lease."""
        with self.database.write() as session:
            if repository.may_write(session, lease.unit, lease.fence):
                repository.finish(session, lease.unit)

    @contextmanager
    def kept(self, lease: Lease) -> Iterator[None]:
        """Prolong the lease again and again until the block ends."""
        over = threading.Event()
        thread = threading.Thread(
            target=self._beat, args=(lease, over), name=f"lease {lease.unit}", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def due(self, search: str | None = None) -> list[Unit]:
        """Units to send now, of one search or of all; they count as sent from here on."""
        with self.database.write() as session:
            return repository.take_due(
                session, search=search, requeue_s=self.requeue_s, max_tries=self.max_tries
            )

    def not_sent(self, units: Sequence[Unit]) -> None:
        """The broker did not take them after all."""
        with self.database.write() as session:
            repository.mark_unsent(session, units)

    def spent(self) -> Sequence[tuple[Unit, str | None]]:
        """Units whose tries ran out, with how the last one ended."""
        with self.database.read() as session:
            return repository.spent(session, self.max_tries)

    def bury(self, unit: Unit) -> None:
        """It will not be tried again."""
        with self.database.write() as session:
            repository.bury(session, unit)

    def _beat(self, lease: Lease, over: threading.Event) -> None:
        while not over.wait(self.heartbeat_s):
            try:
                with self.database.write() as session:
                    kept = repository.prolong(session, lease, seconds=self.seconds)
            except DATABASE_LOST as error:
                _log.warning("heartbeat failed", unit=str(lease.unit), error=str(error))
                continue
            if not kept:
                _log.warning("lease lost", unit=str(lease.unit), fence=lease.fence)
                return
