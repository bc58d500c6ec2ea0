"""One door to the database: `read` for a consistent view, `write` for one transaction."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.orm import Session

__all__ = ["DATABASE_LOST", "DATABASE_MISNAMED", "DUPLICATE", "Database", "SQLAlchemyError"]

BUSY_MS = 30_000

DATABASE_LOST = (OperationalError, InterfaceError)
"""The server went away, or a lock was not to be had: the transaction may be tried again."""

DATABASE_MISNAMED = ArgumentError
"""The URL is none, or of a kind of database that is not known."""

DUPLICATE = IntegrityError
"""Another transaction stored the same thing first."""


class Database:
    """An engine with both kinds of session. Safe to share between threads, not across a fork."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.sqlite else _server(self.url)
        # SQLite lets one write at a time and has the others sleep; a lock wakes them when it is time.
        self._turn = threading.RLock() if self.sqlite else nullcontext()
        self._reading = self.engine.execution_options(**_snapshot(sqlite=self.sqlite))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Every query of the block sees the same moment."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Commit at the end of the block; roll back if it raises."""
        with self._turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def ping(self) -> None:
        """Raises: one of `DATABASE_LOST`."""
        with self._reading.connect() as connection:
            connection.exec_driver_sql("SELECT 1")

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _snapshot(*, sqlite: bool) -> dict[str, Any]:
    if sqlite:
        return {"begin": "BEGIN DEFERRED"}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _server(url: URL) -> Engine:
    """`pool_pre_ping`: a connection that died meanwhile is replaced before it is used."""
    return create_engine(url, pool_pre_ping=True, pool_recycle=1800)


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000})
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _pragmas(connection: Any, _record: object) -> None:
    """The driver's own BEGIN comes too late and takes no write lock: switch it off."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _write_ahead(connection: Any) -> None:
    """Two that do this to a new file at once: SQLite makes none of them wait, so we do."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    """Writers take the lock at once: upgrading a read lock later fails without waiting."""
    options = connection.get_execution_options()
    connection.exec_driver_sql(options.get("begin", "BEGIN IMMEDIATE"))
