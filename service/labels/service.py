"""Telling what came of a verdict."""

from datetime import UTC, datetime

from service.errors import NotFound, NotYet
from service.kit.database import Database
from service.labels import repository
from service.labels.schemas import LabelIn, LabelOut


def tell(database: Database, search: str, label: LabelIn) -> LabelOut:
    """Store a label; the last one that a source told counts, and what it said before is kept. To say
    the same again changes nothing.

    Raises: NotFound; NotYet while there is no verdict, or when there will be none.
    """
    with database.write() as session:
        found = repository.lock(session, search)
        if found is None:
            raise NotFound("unknown-issue", f"there is no issue {search}")
        if not repository.decided(session, search):
            raise _undecided(*found)
        row = repository.current(session, search, label.source)
        if row is None or row.right != label.right:
            row = repository.add(session, search, label.source, right=label.right)
        told_at = datetime.fromtimestamp(row.created_at, UTC)
        return LabelOut(right=row.right, source=row.source, created_at=told_at)


def _undecided(phase: str, cause: str | None) -> NotYet:
    if phase == "failed":
        return NotYet("failed", f"the search failed, so there is nothing to label: {cause}")
    return NotYet("not-decided", f"the search is {phase}: there is no verdict to label yet")
