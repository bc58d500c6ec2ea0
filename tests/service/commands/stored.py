"""What a search left in the store, on this machine's process list, and in its control groups."""

import sqlite3
from contextlib import closing
from pathlib import Path

from agents.store import SearchRecord
from service.kit.database import Database
from service.searches.store import SqlStore
from tests.service.commands.cli import Cli


def searches(cli: Cli) -> list[SearchRecord]:
    """Every stored search; none where there is not even a database, or no table in it yet."""
    if not cli.database.exists():
        return []
    with closing(sqlite3.connect(cli.database)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        query = (
            "SELECT id FROM searches ORDER BY id" if "searches" in tables else "SELECT 1 LIMIT 0"
        )
        ids = [row[0] for row in connection.execute(query)]
    database = Database(f"sqlite:///{cli.database}")
    try:
        return [SqlStore(database).load(search) for search in ids]
    finally:
        database.close()


def the_search(cli: Cli) -> SearchRecord:
    """The only one."""
    (found,) = searches(cli)
    return found


def open_trials(record: SearchRecord) -> list[int]:
    return [trial.number for trial in record.trials if trial.outcome is None]


def sandboxes(cache: Path) -> list[str]:
    """Command lines of processes that run over this cache, such as bubblewrap's."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        found += [line] if str(cache) in line else []
    return found


def groups(process: int) -> list[Path]:
    """Control groups that a process made and did not remove."""
    return list(Path("/sys/fs/cgroup").rglob(f"budwood-{process}-*"))
