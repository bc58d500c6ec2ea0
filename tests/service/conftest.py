"""Real databases, one a test: a migrated template is copied, since append-only tables stay full."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.bootstrap import Services, build_source, build_uploads
from service.config import Settings
from service.health.checks import database_probe, migrations_probe
from service.issues.submission import Submission
from service.kit.database import Database
from service.kit.logs import configure
from service.kit.migrate import upgrade
from service.searches.store import SqlStore
from tests.service.services import POSTGRES, require

PREFIX = f"budwood_test_{os.getpid()}"


def _admin(statement: str) -> None:
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


def new_postgres(name: str, template: str = "template0") -> str:
    _admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _admin(f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"{POSTGRES}/{name}"


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    require("Postgres", POSTGRES)
    upgrade(new_postgres(PREFIX))
    yield PREFIX
    _admin(f"DROP DATABASE {PREFIX} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """A migrated database of this test's own."""
    yield new_postgres(f"{PREFIX}_own", postgres_template)
    _admin(f"DROP DATABASE {PREFIX}_own WITH (FORCE)")


@pytest.fixture
def empty_postgres_url() -> Iterator[str]:
    require("Postgres", POSTGRES)
    yield new_postgres(f"{PREFIX}_empty")
    _admin(f"DROP DATABASE {PREFIX}_empty WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated file of this test's own."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'budwood.db')}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both kinds of database, one after the other."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    yield found
    found.close()


@pytest.fixture(autouse=True, scope="session")
def logs() -> None:
    configure("WARNING")


@dataclass(slots=True)
class Held:
    """An executor that only remembers: the test plays the engine."""

    submitted: list[str] = field(default_factory=list)

    def start(self) -> None: ...

    def submit(self, search: str) -> None:
        self.submitted.append(search)

    def stop(self, wait_s: float | None = None) -> None: ...


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        max_repository_mb=1,
    )


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def services(settings: Settings, database: Database, held: Held) -> Services:
    store = SqlStore(database)
    return Services(
        database=database,
        submission=Submission(store, held, build_source(settings).check),
        uploads=build_uploads(settings, database),
        executor=held,
        probes={"database": database_probe(database), "migrations": migrations_probe(database)},
    )


@pytest.fixture
def client(settings: Settings, services: Services) -> Iterator[TestClient]:
    """The API on a real database, with nobody who carries searches out."""
    app = create_app(settings, lambda _: services)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def store(database: Database) -> SqlStore:
    return SqlStore(database)
