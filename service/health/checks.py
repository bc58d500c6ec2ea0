"""What the service needs, asked one by one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.errors import SandboxError
from service.errors import ServiceError
from service.kit import migrate
from service.kit.database import DATABASE_LOST, Database

Probe = Callable[[], str]
"""Says what it found. Raises: ServiceError, SandboxError or a database error when it is not well."""


@dataclass(frozen=True, slots=True)
class Check:
    """One need."""

    name: str
    ok: bool
    detail: str


def check_all(probes: Mapping[str, Probe]) -> list[Check]:
    """Every probe's answer; one that fails does not hide the others."""
    return [_check(name, probe) for name, probe in probes.items()]


def database_probe(database: Database) -> Probe:
    """Whether it answers."""

    def probe() -> str:
        database.ping()
        return database.url.get_backend_name()

    return probe


def migrations_probe(database: Database) -> Probe:
    """Whether the tables are this version's."""

    def probe() -> str:
        migrate.check(database)
        return "up to date"

    return probe


def _check(name: str, probe: Probe) -> Check:
    try:
        return Check(name, ok=True, detail=probe())
    except (ServiceError, SandboxError) as error:
        return Check(name, ok=False, detail=str(error))
    except DATABASE_LOST:
        return Check(name, ok=False, detail="the database does not answer")
