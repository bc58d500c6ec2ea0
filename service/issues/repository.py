"""All SQL that shows issues. Every function reads within the caller's session."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, null, select
from sqlalchemy.orm import Session

from agents.domain import Issue, Outcome, Usage, Verdict
from service.models import (
    EventRow,
    NodeRow,
    OutcomeRow,
    PreparationRow,
    SearchRow,
    TrialRow,
    VerdictRow,
)


def get(session: Session, search: str) -> SearchRow | None:
    return session.get(SearchRow, search)


def page(
    session: Session, *, before: str | None, phase: str | None, most: int
) -> Sequence[SearchRow]:
    """Newest first."""
    wanted = select(SearchRow).order_by(SearchRow.id.desc()).limit(most)
    if before is not None:
        wanted = wanted.where(SearchRow.id < before)
    if phase is not None:
        wanted = wanted.where(SearchRow.phase == phase)
    return session.scalars(wanted).all()


def spend(session: Session, search: str) -> Usage:
    """All that the search cost so far; the verdict's sum once there is one."""
    verdict: Verdict | None = session.scalar(
        select(VerdictRow.document).where(VerdictRow.search == search)
    )
    if verdict is not None:
        return verdict.usage
    parts = [
        *session.scalars(select(PreparationRow.usage).where(PreparationRow.search == search)),
        *session.scalars(select(OutcomeRow.usage).where(OutcomeRow.search == search)),
    ]
    return sum(parts, Usage())


def kinds(session: Session, search: str) -> dict[str | None, int]:
    """Outcome kind → how many trials; None: those still open."""
    rows = session.execute(
        select(OutcomeRow.kind, func.count())
        .select_from(TrialRow)
        .outerjoin(OutcomeRow, _told())
        .where(TrialRow.search == search)
        .group_by(OutcomeRow.kind)
    )
    return {kind: count for kind, count in rows}  # noqa: C416 - rows are no pairs to mypy


def best(session: Session, search: str) -> tuple[int, int, float | None]:
    """How many nodes the trials made, how many of them are solved, and their best value."""
    row = session.execute(
        select(func.count(), func.count().filter(NodeRow.solved), func.max(NodeRow.value)).where(
            NodeRow.search == search, NodeRow.trial.is_not(None)
        )
    ).one()
    return row[0], row[1], row[2]


def nodes(session: Session, search: str) -> list[tuple[NodeRow, str | None, Outcome | None]]:
    """With the summary of the edit that made each, and its outcome where a workload was timed."""
    made = and_(OutcomeRow.search == NodeRow.search, OutcomeRow.trial == NodeRow.trial)
    timed = select(SearchRow.issue).where(SearchRow.id == search)
    issue: Issue | None = session.scalar(timed)
    outcome = OutcomeRow.document if issue is not None and issue.workload else null()
    rows = session.execute(
        select(NodeRow, OutcomeRow.summary, outcome)
        .outerjoin(OutcomeRow, made)
        .where(NodeRow.search == search)
        .order_by(NodeRow.node)
    )
    return [(node, summary, told) for node, summary, told in rows]


def barren(
    session: Session, search: str
) -> list[tuple[int, int, str | None, str | None, str | None]]:
    """(trial, node, kind, reason, summary) of trials that made no node, or none yet."""
    made = and_(NodeRow.search == TrialRow.search, NodeRow.trial == TrialRow.number)
    rows = session.execute(
        select(
            TrialRow.number, TrialRow.node, OutcomeRow.kind, OutcomeRow.reason, OutcomeRow.summary
        )
        .outerjoin(OutcomeRow, _told())
        .outerjoin(NodeRow, made)
        .where(TrialRow.search == search, NodeRow.node.is_(None))
        .order_by(TrialRow.number)
    )
    return [(number, node, kind, reason, summary) for number, node, kind, reason, summary in rows]


def events(session: Session, search: str, *, after: int, most: int) -> Sequence[EventRow]:
    return session.scalars(
        select(EventRow)
        .where(EventRow.search == search, EventRow.number > after)
        .order_by(EventRow.number)
        .limit(most)
    ).all()


def _told() -> Any:
    return and_(OutcomeRow.search == TrialRow.search, OutcomeRow.trial == TrialRow.number)
