"""What a worker does with a message: the engine's steps, each under a lease.

A message may come twice, late or never. So a step first takes the lease of its work unit, and
what it finds is written only under that lease's fencing token.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from agents.domain import Outcome
from agents.errors import AgentError, ModelUnreachable
from sandbox.errors import SandboxError, SandboxLost
from service.errors import BrokerUnreachable
from service.queue.leases import Leases
from service.queue.transport import Transport
from service.queue.units import Lease, Unit
from service.searches.store import SqlStore

_log = structlog.get_logger()


class Advanced(Protocol):
    """`agents.engine.Advance`: trials just opened, or that it is time to decide."""

    @property
    def opened(self) -> tuple[int, ...]: ...
    @property
    def decide(self) -> bool: ...


class Engine(Protocol):
    """The part of `agents.engine.Engine` that workers use."""

    def prepare(self, search: str) -> None: ...
    def advance(self, search: str) -> Advanced: ...
    def carry_out(self, search: str, number: int) -> Outcome: ...
    def decide(self, search: str) -> None: ...
    def fail(self, search: str, error: Exception) -> None: ...


@dataclass(frozen=True, slots=True)
class Work:
    """The bodies of the tasks. Safe to share between threads when the engine is."""

    engine: Engine
    store: SqlStore
    leases: Leases
    transport: Transport
    owner: str
    close: Callable[[], None] = lambda: None
    """Ends what the engine started, such as containers, when the process ends."""

    def prepare(self, search: str) -> None:
        """Prepare, unless somebody does; then open the first trials."""
        if self._under_lease(Unit(search, "prepare"), lambda _: self.engine.prepare(search)):
            self._send_advance(search)

    def advance(self, search: str) -> None:
        """Open the next trials, or go on to the decision; needs no lease, two at once agree."""
        if self.engine.advance(search).decide:
            self.leases.add(Unit(search, "decide"))
        self.send_due(search)

    def run_trial(self, search: str, number: int) -> None:
        """Carry one trial out and tell it."""
        if self._under_lease(Unit(search, "trial", number), self._tell):
            self._send_advance(search)

    def decide(self, search: str) -> None:
        """Verify, and store the verdict."""
        self._under_lease(Unit(search, "decide"), lambda _: self.engine.decide(search))

    def send_due(self, search: str | None = None) -> None:
        """Send the units that are due; what the broker does not take stays due."""
        units = self.leases.due(search)
        for sent, unit in enumerate(units):
            try:
                self.transport.send(unit)
            except BrokerUnreachable as error:
                _log.warning("units not sent", count=len(units) - sent, error=str(error))
                self.leases.not_sent(units[sent:])
                return

    def _tell(self, lease: Lease) -> None:
        unit = lease.unit
        outcome = self.engine.carry_out(unit.search, unit.number)
        if not self.store.record_outcome(unit.search, outcome, fence=lease.fence):
            _log.warning("outcome came too late", unit=str(unit), fence=lease.fence)

    def _under_lease(self, unit: Unit, step: Callable[[Lease], None]) -> bool:
        """Whether the step was done. What it raises is sorted here, once for all steps."""
        lease = self.leases.take(unit, self.owner)
        if lease is None:
            _log.info("nothing to do", unit=str(unit))
            return False
        began = time.monotonic()
        with self.leases.kept(lease):
            try:
                step(lease)
            except (SandboxLost, ModelUnreachable) as error:
                _log.warning("step lost", unit=str(unit), error=str(error))
                self.leases.give_back(lease, str(error))
                return False
            except (AgentError, SandboxError) as error:
                self.engine.fail(unit.search, error)
            except Exception as error:
                self.leases.give_back(lease, f"{type(error).__name__}: {error}")
                raise
        self.leases.finish(lease)
        _log.info("step over", unit=str(unit), seconds=round(time.monotonic() - began, 2))
        return True

    def _send_advance(self, search: str) -> None:
        """A message that is not sent is made up for by the sweeper."""
        try:
            self.transport.advance(search)
        except BrokerUnreachable as error:
            _log.warning("advance not sent", error=str(error))
