"""Bring the tables up to date, from a checkout or from an installed package."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from service.errors import MigrationNeeded
from service.kit.database import Database

_LOCK = 0x6275_6477_6F6F_6400
"""Advisory lock on Postgres: two `budwood migrate` at once run one after the other."""


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up, in one transaction. Safe to run twice, and twice at once."""
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Migrate down to a revision or to ``base``, which drops every table with what it holds."""
    _run(url, lambda config: command.downgrade(config, revision))


def check(database: Database) -> None:
    """Raises: MigrationNeeded unless the tables are this version's."""
    with database.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    if found != wanted:
        raise MigrationNeeded(
            f"the database is at revision {found or 'none'}, this version needs {wanted}: "
            "run budwood migrate"
        )


def ensure(database: Database) -> None:
    """Migrate a SQLite file; on a server that is the owner's decision.

    Raises: MigrationNeeded when a server's tables are out of date.
    """
    if database.sqlite:
        upgrade(database.url.render_as_string(hide_password=False))
    check(database)


def _run(url: str, action: Callable[[Config], None]) -> None:
    database = Database(url)
    try:
        with database.engine.connect() as connection, connection.begin():
            _take_turn(connection)
            action(_config(connection))
    finally:
        database.close()


def _take_turn(connection: Connection) -> None:
    """On SQLite, BEGIN IMMEDIATE has done so."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _scripts() -> Path:
    """Beside this package when installed; at the checkout's root otherwise."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"
