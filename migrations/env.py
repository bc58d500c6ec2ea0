# ruff: noqa: INP001 - alembic loads this file by its path; it is no package
"""Alembic's entry: the URL comes from `service.kit.migrate`, or else from the settings."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from service.config import Settings
from service.kit.columns import Document, PlainText
from service.kit.database import Database
from service.models.metadata import METADATA


def render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations name plain types: they must outlive the classes of today."""
    if kind == "type" and isinstance(item, Document):
        return "sa.JSON()"
    if kind == "type" and isinstance(item, PlainText):
        return "sa.Text()"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,  # SQLite cannot alter most things in place: there a table is copied
        render_item=render,
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    database = Database(Settings().database_url)
    with database.engine.connect() as connection, connection.begin():
        migrate(connection)
    database.close()


run()
