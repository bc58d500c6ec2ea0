"""Migrations: up, down, and nothing left to generate."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from service.errors import MigrationNeeded
from service.kit import migrate
from service.kit.database import Database
from service.labels.schemas import LabelIn
from service.labels.service import tell
from service.models import APPEND_ONLY
from service.models.metadata import METADATA
from service.searches.store import SqlStore
from tests.service.examples import ISSUE, PREPARATION, SETTINGS, expanded, trial, verdict

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations" / "versions"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deeper' / 'empty.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def tables(url: str) -> set[str]:
    database = Database(url)
    try:
        return set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    finally:
        database.close()


def test_up_down_and_up_again(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    assert tables(empty_url) == set(METADATA.tables)
    migrate.downgrade(empty_url, "base")
    assert tables(empty_url) == set()
    migrate.upgrade(empty_url)
    migrate.upgrade(empty_url)
    assert tables(empty_url) == set(METADATA.tables)


def test_a_search_survives_the_way_down_and_up(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    database = Database(empty_url)
    try:
        store = SqlStore(database)
        search = store.create(ISSUE, SETTINGS, local=True)
        store.save_preparation(search, PREPARATION)
        store.open_trials(search, [trial(0)])
        store.record_outcome(search, expanded(0))
        migrate.downgrade(empty_url, "20261123")
        migrate.upgrade(empty_url)
        (stored,) = SqlStore(database).load(search).trials
        assert (stored.stage, stored.arm, stored.outcome) == ("edit", None, expanded(0))
    finally:
        database.close()


def test_a_verdict_survives_its_labels_way_down_and_up(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    database = Database(empty_url)
    try:
        store = SqlStore(database)
        search = store.create(ISSUE, SETTINGS, local=True)
        store.save_verdict(search, verdict())
        tell(database, search, LabelIn(right=True))
        migrate.downgrade(empty_url, "20261124")
        assert not {"labels", "calibration_maps"} & tables(empty_url)
        migrate.upgrade(empty_url)
        assert SqlStore(database).load(search).verdict == verdict()
        tell(database, search, LabelIn(right=False))
    finally:
        database.close()


def test_two_at_once_take_turns(empty_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate.upgrade, [empty_url] * 2))
    assert tables(empty_url) == set(METADATA.tables)


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_append_only_tables_are_tables() -> None:
    assert set(APPEND_ONLY) <= set(METADATA.tables)


def test_file_is_migrated_and_a_server_is_not(empty_url: str) -> None:
    database = Database(empty_url)
    try:
        if database.sqlite:
            migrate.ensure(database)
            migrate.check(database)
        else:
            with pytest.raises(MigrationNeeded, match="run budwood migrate"):
                migrate.ensure(database)
    finally:
        database.close()


def test_migrations_are_named_by_date() -> None:
    for path in MIGRATIONS.glob("*.py"):
        assert path.name[:8].isdigit(), path.name
        assert path.name[8] == "_"
