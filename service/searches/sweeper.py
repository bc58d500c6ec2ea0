"""Finds what was lost: units whose worker died, messages that never came, searches that stand still.

The broker's own redelivery is never relied on. Any number of sweepers may run at once.
"""

import threading
from dataclasses import dataclass

import structlog

from agents.domain import Outcome
from service.errors import BrokerUnreachable
from service.kit.database import DATABASE_LOST
from service.queue.units import Unit
from service.searches.work import Work

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sweeper:
    work: Work
    every_s: float

    def sweep(self) -> None:
        """One round."""
        for unit, error in self.work.leases.spent():
            self._give_up(unit, error or "its worker died")
        self.work.send_due()
        for search in self.work.store.take_stalled(quiet_s=self.every_s):
            _log.info("search stood still", search=search)
            self.work.transport.advance(search)

    def run(self, over: threading.Event) -> None:
        """Sweep until told to stop; a database or broker that is away is waited for."""
        while not over.wait(self.every_s):
            try:
                self.sweep()
            except (*DATABASE_LOST, BrokerUnreachable) as error:
                _log.warning("sweep failed", error=str(error))
            except Exception:  # noqa: BLE001 - an entry point: without a sweeper nothing lost is ever found
                _log.exception("sweep failed")

    def _give_up(self, unit: Unit, error: str) -> None:
        tries = self.work.leases.max_tries
        reason = f"{unit} failed {tries} times; the last time: {error}"
        _log.error("unit given up", unit=str(unit), error=error)
        if unit.kind == "trial":
            lost = Outcome(trial=unit.number, kind="lost", reason=reason)
            self.work.store.record_outcome(unit.search, lost)
        else:
            self.work.store.set_phase(unit.search, "failed", reason)
        self.work.leases.bury(unit)
        self.work.transport.advance(unit.search)
