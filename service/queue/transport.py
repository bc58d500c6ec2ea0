"""The way to the workers: a protocol, Celery, and a fake that remembers."""

from dataclasses import dataclass, field
from typing import Protocol

from celery import Celery
from kombu.exceptions import OperationalError

from service.errors import BrokerUnreachable
from service.queue.units import Unit

ADVANCE = "budwood.advance"
TASKS = {"prepare": "budwood.prepare", "trial": "budwood.run_trial", "decide": "budwood.decide"}


class Transport(Protocol):
    """A message may be lost or come twice; the database's leases bear both."""

    def send(self, unit: Unit) -> None:
        """Raises: BrokerUnreachable."""
        ...

    def advance(self, search: str) -> None:
        """Raises: BrokerUnreachable."""
        ...


@dataclass(frozen=True, slots=True)
class CeleryTransport:
    app: Celery

    def send(self, unit: Unit) -> None:
        number = [unit.number] if unit.kind == "trial" else []
        self._send(TASKS[unit.kind], [unit.search, *number])

    def advance(self, search: str) -> None:
        self._send(ADVANCE, [search])

    def ping(self) -> None:
        """Raises: BrokerUnreachable."""
        try:
            with self.app.connection_for_write() as connection:  # type: ignore[no-untyped-call]
                connection.ensure_connection(max_retries=1, timeout=2)
        except OperationalError as error:
            raise BrokerUnreachable(_remedy(error)) from error

    def workers(self, wait_s: float = 0.5) -> list[str]:
        """Names of the workers that answer. Raises: BrokerUnreachable."""
        try:
            answers = self.app.control.ping(timeout=wait_s) or []
        except OperationalError as error:
            raise BrokerUnreachable(_remedy(error)) from error
        return sorted(name for answer in answers for name in answer)

    def _send(self, task: str, arguments: list[str | int]) -> None:
        try:
            self.app.send_task(task, args=arguments)  # type: ignore[no-untyped-call]
        except OperationalError as error:
            raise BrokerUnreachable(_remedy(error)) from error


@dataclass(slots=True)
class MemoryTransport:
    """The fake: it only remembers what was sent."""

    units: list[Unit] = field(default_factory=list)
    advances: list[str] = field(default_factory=list)

    def send(self, unit: Unit) -> None:
        self.units.append(unit)

    def advance(self, search: str) -> None:
        self.advances.append(search)


def _remedy(error: Exception) -> str:
    return f"the broker does not answer ({error}): start it, or correct BUDWOOD_BROKER_URL"
