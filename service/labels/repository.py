"""All SQL of labels. Every function is part of the caller's transaction."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.models import SearchRow, VerdictRow
from service.models.label import LabelRow


def lock(session: Session, search: str) -> tuple[str, str | None] | None:
    """Phase and cause of a search, which is held until the commit; None: there is no such search."""
    wanted = select(SearchRow.phase, SearchRow.cause).where(SearchRow.id == search)
    found = session.execute(wanted.with_for_update()).one_or_none()
    return None if found is None else (found[0], found[1])


def decided(session: Session, search: str) -> bool:
    wanted = select(VerdictRow.search).where(VerdictRow.search == search)
    return session.scalar(wanted) is not None


def current(session: Session, search: str, source: str) -> LabelRow | None:
    """The last label that a source told."""
    return session.scalar(
        select(LabelRow)
        .where(LabelRow.search == search, LabelRow.source == source)
        .order_by(LabelRow.number.desc())
        .limit(1)
    )


def history(session: Session, search: str) -> Sequence[LabelRow]:
    """All that was ever told of a search, in that order."""
    wanted = select(LabelRow).where(LabelRow.search == search).order_by(LabelRow.number)
    return session.scalars(wanted).all()


def add(session: Session, search: str, source: str, *, right: bool) -> LabelRow:
    """The search must be locked: labels are numbered."""
    last = session.scalar(select(func.max(LabelRow.number)).where(LabelRow.search == search))
    row = LabelRow(search=search, number=(last or 0) + 1, right=right, source=source)
    session.add(row)
    session.flush()
    return row
