"""All SQL of work units. Every function is part of the caller's transaction."""

from collections.abc import Iterable, Sequence
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, true, update
from sqlalchemy.orm import Session

from service.kit.clock import epoch
from service.models import WorkUnitRow
from service.queue.units import Kind, Lease, Unit


def add(session: Session, units: Iterable[Unit]) -> None:
    """Make units ready; one that exists stays as it is."""
    for unit in units:
        if session.get(WorkUnitRow, (unit.search, unit.kind, unit.number)) is None:
            session.add(WorkUnitRow(search=unit.search, kind=unit.kind, number=unit.number))
    session.flush()


def lease(
    session: Session, unit: Unit, owner: str, *, seconds: float, max_tries: int
) -> Lease | None:
    """Take a unit. None: it is done or dead, someone else holds it, or its tries ran out."""
    fence = session.scalar(
        update(WorkUnitRow)
        .where(_is(unit), _free(), WorkUnitRow.tries < max_tries)
        .values(
            state="leased",
            owner=owner,
            fence=WorkUnitRow.fence + 1,
            tries=WorkUnitRow.tries + 1,
            lease_until=epoch() + seconds,
        )
        .returning(WorkUnitRow.fence)
    )
    return None if fence is None else Lease(unit, fence, owner)


def prolong(session: Session, lease: Lease, *, seconds: float) -> bool:
    """False: the lease is lost."""
    changed = session.execute(
        update(WorkUnitRow).where(_held(lease)).values(lease_until=epoch() + seconds)
    )
    return _count(changed) == 1


def release(session: Session, lease: Lease, *, error: str, pause: float) -> bool:
    """Give a unit back after a failed try; it is sent again after `pause` seconds."""
    changed = session.execute(
        update(WorkUnitRow)
        .where(_held(lease))
        .values(state="ready", owner=None, sent_at=None, lease_until=epoch() + pause, error=error)
    )
    return _count(changed) == 1


def may_write(session: Session, unit: Unit, fence: int) -> bool:
    """Whether an outcome found under `fence` counts. Locks the unit until the commit.

    Fence 0 is work done without a lease, in one process: it counts while no lease runs.
    """
    row = session.execute(
        select(WorkUnitRow.fence, _free().label("free")).where(_is(unit)).with_for_update()
    ).one_or_none()
    if row is None:
        return False
    return fence == row.fence or (fence == 0 and bool(row.free))


def finish(session: Session, unit: Unit) -> None:
    """Nothing is left to do here."""
    session.execute(
        update(WorkUnitRow).where(_is(unit)).values(state="done", owner=None, lease_until=None)
    )


def finish_all(session: Session, search: str) -> None:
    """The search is over: whatever still waits is not needed any more."""
    session.execute(
        update(WorkUnitRow)
        .where(WorkUnitRow.search == search, WorkUnitRow.state.in_(("ready", "leased")))
        .values(state="done", owner=None, lease_until=None)
    )


def bury(session: Session, unit: Unit) -> None:
    """Its tries ran out."""
    session.execute(
        update(WorkUnitRow).where(_is(unit)).values(state="dead", owner=None, lease_until=None)
    )


def spent(session: Session, max_tries: int) -> Sequence[tuple[Unit, str | None]]:
    """Units without a lease whose tries ran out, with how the last one ended."""
    rows = session.execute(
        select(WorkUnitRow.search, WorkUnitRow.kind, WorkUnitRow.number, WorkUnitRow.error).where(
            _free(), WorkUnitRow.tries >= max_tries
        )
    )
    return [(_unit(search, kind, number), error) for search, kind, number, error in rows]


def take_due(
    session: Session, *, search: str | None, requeue_s: float, max_tries: int, most: int = 500
) -> list[Unit]:
    """Units to send now, marked as sent: never sent, sent long ago, or bereft of their worker."""
    waiting = and_(
        WorkUnitRow.state == "ready",
        or_(WorkUnitRow.lease_until.is_(None), WorkUnitRow.lease_until < epoch()),
        or_(WorkUnitRow.sent_at.is_(None), WorkUnitRow.sent_at < epoch() - requeue_s),
    )
    bereft = and_(WorkUnitRow.state == "leased", WorkUnitRow.lease_until < epoch())
    rows = session.scalars(
        select(WorkUnitRow)
        .where(or_(waiting, bereft), WorkUnitRow.tries < max_tries)
        .where(true() if search is None else WorkUnitRow.search == search)
        .order_by(WorkUnitRow.created_at, WorkUnitRow.number)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    now = session.scalar(select(epoch()))
    for row in rows:
        row.state, row.owner, row.lease_until, row.sent_at = "ready", None, None, now
    return [_unit(row.search, row.kind, row.number) for row in rows]


def mark_unsent(session: Session, units: Iterable[Unit]) -> None:
    """The queue did not take them: they are due at once."""
    for unit in units:
        session.execute(update(WorkUnitRow).where(_is(unit)).values(sent_at=None))


def _is(unit: Unit) -> ColumnElement[bool]:
    return and_(
        WorkUnitRow.search == unit.search,
        WorkUnitRow.kind == unit.kind,
        WorkUnitRow.number == unit.number,
    )


def _held(lease: Lease) -> ColumnElement[bool]:
    return and_(_is(lease.unit), WorkUnitRow.state == "leased", WorkUnitRow.fence == lease.fence)


def _free() -> ColumnElement[bool]:
    """Ready, or leased to somebody whose lease ended."""
    ended = and_(WorkUnitRow.state == "leased", WorkUnitRow.lease_until < epoch())
    return or_(WorkUnitRow.state == "ready", ended)


def _unit(search: str, kind: str, number: int) -> Unit:
    return Unit(search, cast("Kind", kind), number)


def _count(result: object) -> int:
    return cast("CursorResult[tuple[()]]", result).rowcount
