"""What issues can be asked for, as the API shows it."""

from dataclasses import asdict
from typing import Any, cast

from sqlalchemy.orm import Session

from agents.domain import Candidate, Outcome, Stage, Verdict
from agents.store import Phase, SearchRecord
from service.errors import NotFound, NotYet
from service.issues import repository
from service.issues.fates import fates
from service.issues.schemas import (
    CandidateOut,
    Counts,
    EventOut,
    EventPage,
    IssueLine,
    IssueOut,
    IssuePage,
    NodeOut,
    TreeOut,
    TrialKind,
    TrialOut,
    VerdictOut,
    moment,
)
from service.kit import cursors
from service.kit.documents import to_document
from service.models import NodeRow, SearchRow
from service.searches import repository as searches


def page(session: Session, *, cursor: str | None, phase: Phase | None, limit: int) -> IssuePage:
    """Newest first. Raises: Unprocessable for a bad cursor."""
    before = None if cursor is None else cursors.decode(cursor)
    rows = repository.page(session, before=before, phase=phase, most=limit + 1)
    more = len(rows) > limit
    return IssuePage(
        items=[_line(row) for row in rows[:limit]],
        next_cursor=cursors.encode(rows[limit - 1].id) if more else None,
        has_more=more,
    )


def one(session: Session, search: str) -> IssueOut:
    """Raises: NotFound."""
    row = _known(session, search)
    kinds = repository.kinds(session, search)
    nodes, solved, best = repository.best(session, search)
    return IssueOut(
        **_line(row).model_dump(),
        problem_statement=row.issue.problem_statement,
        started_at=None if row.started_at is None else moment(row.started_at),
        finished_at=None if row.finished_at is None else moment(row.finished_at),
        spend=repository.spend(session, search),
        best_value=best,
        counts=Counts(
            trials=sum(kinds.values()),
            open=kinds.get(None, 0),
            expanded=kinds.get("expanded", 0),
            failed=kinds.get("failed", 0),
            exhausted=kinds.get("exhausted", 0),
            lost=kinds.get("lost", 0),
            nodes=nodes,
            solved=solved,
        ),
    )


def patch(session: Session, search: str) -> bytes:
    """Raises: NotFound; NotYet with the reason while there is none, or when there will be none."""
    verdict = _verdict(session, search)
    if verdict.decision == "abstained":
        raise NotYet("abstained", f"the search abstained: {verdict.reason}")
    return verdict.patch


def verdict(session: Session, search: str) -> VerdictOut:
    """Raises: NotFound; NotYet with the reason."""
    found = _verdict(session, search)
    document = to_document(found)
    document["patch"] = _text(found.patch)
    document["candidates"] = [_candidate(candidate) for candidate in found.candidates]
    document["given"] = _given(session, search, found)
    return VerdictOut.model_validate(document)


def tree(session: Session, search: str) -> TreeOut:
    """Raises: NotFound."""
    _known(session, search)
    return TreeOut(
        nodes=[_node(*found) for found in repository.nodes(session, search)],
        trials=[
            TrialOut(
                trial=number,
                node=node,
                kind=_kind(kind),
                reason=reason or "",
                summary=summary or "",
            )
            for number, node, kind, reason, summary in repository.barren(session, search)
        ],
    )


def events(session: Session, search: str, *, after: int, limit: int) -> EventPage:
    """Raises: NotFound."""
    _known(session, search)
    rows = repository.events(session, search, after=after, most=limit + 1)
    items = [
        EventOut(number=row.number, kind=row.kind, data=row.data, at=moment(row.created_at))
        for row in rows[:limit]
    ]
    last = items[-1].number if items else after
    return EventPage(items=items, next_after=last, has_more=len(rows) > limit)


def _known(session: Session, search: str) -> SearchRow:
    row = repository.get(session, search)
    if row is None:
        raise NotFound("unknown-issue", f"there is no issue {search}")
    return row


def _verdict(session: Session, search: str) -> Verdict:
    row = _known(session, search)
    if row.phase == "failed":
        raise NotYet("failed", f"the search failed: {row.cause}")
    found = searches.verdict(session, search)
    if found is None:
        raise NotYet("not-decided", f"the search is {row.phase}: there is no verdict yet")
    return found


def _given(session: Session, search: str, found: Verdict) -> list[dict[str, Any]]:
    row = _known(session, search)
    if not row.issue.candidates:
        return []
    record = SearchRecord(
        id=search,
        issue=row.issue,
        settings=row.settings,
        trials=searches.trials(session, search),
        verdict=found,
    )
    return [asdict(fate) for fate in fates(record)]


def _line(row: SearchRow) -> IssueLine:
    return IssueLine(
        id=row.id,
        state=cast("Phase", row.phase),
        cause=row.cause,
        repo=row.repo,
        base_commit=row.issue.base_commit,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
    )


def _node(row: NodeRow, summary: str | None, outcome: Outcome | None) -> NodeOut:
    return NodeOut(
        id=row.node,
        parent=row.parent,
        trial=row.trial,
        depth=row.depth,
        value=row.value,
        mean_value=row.value_sum / row.visits if row.visits else row.value,
        visits=row.visits,
        pending=row.pending,
        solved=row.solved,
        merged_with=row.merged_with,
        stage=cast("Stage", row.stage),
        summary=summary or "",
        speed=outcome.speed if outcome else None,
    )


def _kind(kind: str | None) -> TrialKind:
    """An expanded trial without a node waits until every older trial is told."""
    if kind is None:
        return "open"
    return "waiting" if kind == "expanded" else cast("TrialKind", kind)


def _candidate(candidate: Candidate) -> CandidateOut:
    document = to_document(candidate)
    return CandidateOut.model_validate(
        {**document, "patch": _text(candidate.patch), "accepted": candidate.accepted}
    )


def _text(patch: bytes) -> str:
    return patch.decode("utf-8", "replace")
