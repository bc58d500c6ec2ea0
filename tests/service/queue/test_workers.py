"""Real Celery workers on real Redis and Postgres, killed and cut off in the middle."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from service.bootstrap import build_leases
from service.config import Settings
from service.kit.database import Database
from service.queue.app import make_app
from service.queue.transport import CeleryTransport
from service.searches.executor import CeleryExecutor
from service.searches.store import SqlStore
from tests.service.examples import ISSUE, SETTINGS
from tests.service.services import REDIS, require
from tests.service.waiting import until

ROOT = Path(__file__).resolve().parents[3]
BROKER = f"{REDIS}/7"

StartWorker = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def broker() -> Iterator[str]:
    require("Redis", REDIS)
    with redis.Redis.from_url(BROKER) as client:
        client.flushdb()
        yield BROKER
        client.flushdb()


@pytest.fixture
def settings(broker: str, postgres_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=postgres_url,
        broker_url=broker,
        data_dir=tmp_path,
        lease_s=2,
        heartbeat_s=0.5,
        sweep_s=0.5,
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[SqlStore]:
    database = Database(settings.database_url)
    yield SqlStore(database)
    database.close()


@pytest.fixture
def start_worker(settings: Settings, tmp_path: Path) -> Iterator[StartWorker]:
    started: list[subprocess.Popen[bytes]] = []
    names = ("database_url", "broker_url", "data_dir", "lease_s", "heartbeat_s", "sweep_s")
    env = {f"BUDWOOD_{name.upper()}": str(getattr(settings, name)) for name in names}

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / f"worker{len(started)}.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.service.queue.slow_worker"],
                cwd=ROOT,
                env={**os.environ, **env, "TRIAL_S": "1.5"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """The whole process group at once: no handler runs, no message is given back."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def submit(settings: Settings, store: SqlStore) -> str:
    search = store.create(ISSUE, SETTINGS)
    assert settings.broker_url is not None
    transport = CeleryTransport(make_app(settings.broker_url))
    CeleryExecutor(build_leases(settings, store.database), transport).submit(search)
    return search


def units(settings: Settings, state: str) -> int:
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM work_units WHERE kind = 'trial' AND state = %s", [state]
        ).fetchone()
    return int(row[0]) if row else 0


def test_killed_worker_is_replaced_by_the_next(
    settings: Settings, store: SqlStore, start_worker: StartWorker
) -> None:
    first = start_worker()
    search = submit(settings, store)
    until(
        lambda: units(settings, "done") >= 1 and units(settings, "leased") >= 1, "a trial halfway"
    )
    kill(first)
    assert units(settings, "leased") >= 1
    start_worker()
    until(lambda: store.load(search).phase == "done", "the second worker's verdict", seconds=60)
    outcomes = [trial.outcome for trial in store.load(search).trials]
    assert [outcome.kind for outcome in outcomes if outcome] == ["expanded"] * 4
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute("SELECT max(tries), max(fence) FROM work_units").fetchone()
    assert row == (2, 2)


def test_worker_without_its_connections_goes_on(
    settings: Settings, store: SqlStore, start_worker: StartWorker
) -> None:
    start_worker()
    search = submit(settings, store)
    until(lambda: units(settings, "leased") >= 1, "a trial under way")
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert cut
    until(lambda: store.load(search).phase == "done", "the verdict", seconds=120)


def test_search_stored_while_the_broker_was_away_is_found(
    settings: Settings, store: SqlStore, start_worker: StartWorker
) -> None:
    search = store.create(ISSUE, SETTINGS)
    transport = CeleryTransport(make_app("redis://127.0.0.1:1/0"))
    CeleryExecutor(build_leases(settings, store.database), transport).submit(search)
    assert store.load(search).phase == "queued"
    start_worker()
    until(lambda: store.load(search).phase == "done", "the verdict", seconds=60)
