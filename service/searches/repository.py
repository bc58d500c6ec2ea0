"""All SQL of searches. Every function is part of the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.orm import Session, defer

from agents.domain import Issue, Outcome, OutcomeKind, Preparation, Stage, Verdict
from agents.llm.journal import CallRecord
from agents.search.tree import NodeId
from agents.settings import SearchSettings
from agents.store import StoredTrial, place_of
from service.kit.clock import epoch
from service.models import (
    CandidateRow,
    EventRow,
    ModelCallRow,
    NodeRow,
    OutcomeRow,
    PreparationRow,
    SearchRow,
    TrialRow,
    VerdictRow,
    WorkUnitRow,
)
from service.queue import repository as units
from service.queue.units import Unit
from service.searches.projection import Projection, Row, tree_of


def create(
    session: Session,
    search: str,
    issue: Issue,
    settings: SearchSettings,
    *,
    key: str | None = None,
    body_hash: str | None = None,
    local: bool = False,
) -> SearchRow:
    """Insert a search, queued, with its first work unit unless it is `local`. Raises: IntegrityError if `key` was used before."""
    row = SearchRow(
        id=search,
        repo=issue.repo,
        issue=issue,
        settings=settings,
        idempotency_key=key,
        body_hash=body_hash,
        local=local,
    )
    session.add(row)
    session.flush()
    if not local:
        units.add(session, [Unit(search, "prepare")])
    return row


def get(session: Session, search: str) -> SearchRow:
    """Raises: KeyError for an unknown search."""
    row = session.get(SearchRow, search)
    if row is None:
        raise KeyError(search)
    return row


def status(session: Session, search: str) -> tuple[str, str | None, float | None]:
    """Phase, cause and start: what changes. Raises: KeyError for an unknown search."""
    columns = (SearchRow.phase, SearchRow.cause, SearchRow.started_at)
    found = session.execute(select(*columns).where(SearchRow.id == search)).one_or_none()
    if found is None:
        raise KeyError(search)
    phase, cause, started_at = found
    return phase, cause, started_at


def with_key(session: Session, key: str) -> SearchRow | None:
    """The search that was submitted under an idempotency key."""
    return session.scalar(select(SearchRow).where(SearchRow.idempotency_key == key))


def lock(session: Session, search: str) -> SearchRow:
    """The search, held until the commit: what is written of one search is written in turn.

    Raises: KeyError for an unknown search.
    """
    row = session.scalar(
        select(SearchRow)
        .where(SearchRow.id == search)
        .options(defer(SearchRow.issue))
        .with_for_update()
    )
    if row is None:
        raise KeyError(search)
    return row


def now(session: Session) -> float:
    """POSIX seconds by the database's clock."""
    return session.scalars(select(epoch())).one()


def unfinished(session: Session, final: Sequence[str]) -> list[str]:
    """Searches that are not over and not somebody's own, oldest first."""
    wanted = (
        select(SearchRow.id)
        .where(SearchRow.phase.not_in(final), ~SearchRow.local)
        .order_by(SearchRow.id)
    )
    return list(session.scalars(wanted))


def take_stalled(session: Session, phases: Sequence[str], *, quiet_s: float) -> list[str]:
    """Searches with nothing under way that were not written for a while; they count as written."""
    busy = select(WorkUnitRow.search).where(WorkUnitRow.state.in_(("ready", "leased")))
    changed = session.execute(
        update(SearchRow)
        .where(
            SearchRow.phase.in_(phases),
            ~SearchRow.local,
            SearchRow.updated_at < epoch() - quiet_s,
            SearchRow.id.not_in(busy),
        )
        .values(updated_at=epoch())
        .returning(SearchRow.id)
        .execution_options(synchronize_session=False)
    )
    return list(changed.scalars())


def append_event(session: Session, row: SearchRow, kind: str, data: Mapping[str, object]) -> None:
    """Number and store an event; `row` must be locked."""
    row.last_event += 1
    session.add(EventRow(search=row.id, number=row.last_event, kind=kind, data=dict(data)))
    session.flush()


def preparation(session: Session, search: str) -> Preparation | None:
    return session.scalar(select(PreparationRow.preparation).where(PreparationRow.search == search))


def add_preparation(session: Session, row: SearchRow, preparation: Preparation) -> None:
    """Store it, and the root of the tree."""
    session.add(PreparationRow(search=row.id, preparation=preparation, usage=preparation.usage))
    session.flush()
    refresh_nodes(session, row, base=preparation.base)


def trial_count(session: Session, search: str) -> int:
    """Trials are numbered without gaps, so this is also the next one's number."""
    last = session.scalar(
        select(TrialRow.number)
        .where(TrialRow.search == search)
        .order_by(TrialRow.number.desc())
        .limit(1)
    )
    return 0 if last is None else last + 1


def add_trials(session: Session, search: str, trials: Iterable[StoredTrial]) -> None:
    session.add_all(
        TrialRow(
            search=search,
            number=trial.number,
            node=trial.node,
            ordinal=trial.ordinal,
            told=trial.told,
            stage=trial.stage,
            arm=trial.arm,
        )
        for trial in trials
    )
    session.flush()


def trials(
    session: Session, search: str, known: Sequence[StoredTrial] = ()
) -> tuple[StoredTrial, ...]:
    """By number, each with its outcome once told. What is `known` of the first ones, trials and
    outcomes, is not read again: neither ever changes."""
    rows = session.execute(
        select(*_TRIAL)
        .where(TrialRow.search == search, TrialRow.number >= len(known))
        .order_by(TrialRow.number)
    )
    every = [
        *known,
        *(
            StoredTrial(
                number=number,
                node=node,
                ordinal=ordinal,
                told=told,
                stage=cast("Stage", stage),
                arm=arm,
            )
            for number, node, ordinal, told, stage, arm in rows
        ),
    ]
    outcomes = _outcomes(session, search, [t.number for t in every if t.outcome is None])
    for number, outcome in outcomes.items():
        every[number] = replace(every[number], outcome=outcome)
    return tuple(every)


def _outcomes(session: Session, search: str, wanted: Sequence[int]) -> dict[int, Outcome]:
    """Whole outcomes. A stretch is asked for rather than a list: what is missing is mostly new."""
    if not wanted:
        return {}
    rows = session.execute(
        select(OutcomeRow.trial, OutcomeRow.document, OutcomeRow.patch).where(
            OutcomeRow.search == search, OutcomeRow.trial.between(wanted[0], wanted[-1])
        )
    )
    return {trial: replace(document, patch=patch) for trial, document, patch in rows}


def has_outcome(session: Session, search: str, trial: int) -> bool:
    return session.get(OutcomeRow, (search, trial)) is not None


def add_outcome(session: Session, search: str, outcome: Outcome, fence: int) -> None:
    session.add(
        OutcomeRow(
            search=search,
            trial=outcome.trial,
            kind=outcome.kind,
            reason=outcome.reason,
            summary=outcome.summary,
            state=place_of(outcome) or None,
            value=outcome.value,
            solved=outcome.solved,
            patch=outcome.patch,
            usage=outcome.usage,
            document=replace(outcome, patch=b""),
            fence=fence,
        )
    )
    session.flush()


def verdict(session: Session, search: str) -> Verdict | None:
    row = session.get(VerdictRow, search)
    if row is None:
        return None
    candidates = session.scalars(
        select(CandidateRow).where(CandidateRow.search == search).order_by(CandidateRow.position)
    )
    found = tuple(replace(found.document, patch=found.patch) for found in candidates)
    return replace(row.document, patch=row.patch, candidates=found)


def add_verdict(session: Session, search: str, verdict: Verdict) -> None:
    session.add(
        VerdictRow(
            search=search,
            decision=verdict.decision,
            patch=verdict.patch,
            document=replace(verdict, patch=b"", candidates=()),
        )
    )
    session.flush()
    session.add_all(
        CandidateRow(
            search=search,
            position=position,
            trial=candidate.trial,
            state=candidate.state,
            accepted=candidate.accepted,
            patch=candidate.patch,
            document=replace(candidate, patch=b""),
        )
        for position, candidate in enumerate(verdict.candidates)
    )
    session.flush()


def refresh_nodes(
    session: Session, row: SearchRow, *, base: str | None = None
) -> Projection | None:
    """Make the nodes what the outcomes say; without a root, there is no tree yet."""
    columns = [getattr(NodeRow, name) for name in _NODE]
    found = session.execute(select(*columns).where(NodeRow.search == row.id))
    stored = {values[0]: tuple(values) for values in found}
    base = base or (stored[0][_NODE.index("state")] if stored else None)
    if base is None:
        return None
    trials = light_trials(session, row.id)
    projection = Projection.of(tree_of(base, row.settings, trials), trials, stored)
    store_nodes(session, row.id, projection, [node.id for node in projection.tree.nodes])
    return projection


def store_nodes(
    session: Session, search: str, projection: Projection, touched: Iterable[NodeId]
) -> None:
    """Write those of the touched nodes that differ from what is stored."""
    nodes, stored = projection.tree.nodes, projection.rows
    wanted: dict[int, Row] = {
        n: (n, *(getattr(nodes[n], name) for name in _NODE[1:])) for n in sorted(touched)
    }
    new = [_named(search, values) for n, values in wanted.items() if n not in stored]
    changed = [
        _named(search, values)
        for n, values in wanted.items()
        if n in stored and stored[n] != values
    ]
    if new:
        session.execute(insert(NodeRow), new)
    if changed:
        session.execute(update(NodeRow), changed)
    stored.update(wanted)


def _named(search: str, values: Sequence[object]) -> dict[str, object]:
    return {"search": search, **dict(zip(_NODE, values, strict=True))}


def nodes(session: Session, search: str) -> Sequence[NodeRow]:
    """In the order in which they were made."""
    return session.scalars(
        select(NodeRow).where(NodeRow.search == search).order_by(NodeRow.node)
    ).all()


def light_trials(session: Session, search: str) -> list[StoredTrial]:
    """By number, with as much of each outcome as the tree needs."""
    rows = session.execute(
        select(
            *_TRIAL,
            *(OutcomeRow.kind, OutcomeRow.state, OutcomeRow.value, OutcomeRow.solved),
        )
        .outerjoin(OutcomeRow, _told())
        .where(TrialRow.search == search)
        .order_by(TrialRow.number)
    )
    return [
        StoredTrial(
            number=number,
            node=node,
            ordinal=ordinal,
            told=told,
            stage=cast("Stage", stage),
            arm=arm,
            outcome=None
            if kind is None
            else Outcome(
                trial=number,
                kind=cast("OutcomeKind", kind),
                state=state,
                value=value,
                solved=solved,
            ),
        )
        for number, node, ordinal, told, stage, arm, kind, state, value, solved in rows
    ]


def call(session: Session, search: str, trial: int, ordinal: int) -> CallRecord | None:
    row = session.get(ModelCallRow, (search, trial, ordinal))
    return None if row is None else row.record


def calls(session: Session, search: str) -> list[CallRecord]:
    """Every answered call, in the order of its key."""
    rows = select(ModelCallRow).where(ModelCallRow.search == search)
    found = session.scalars(rows.order_by(ModelCallRow.trial, ModelCallRow.ordinal))
    return [row.record for row in found]


def add_call(session: Session, record: CallRecord) -> None:
    session.add(
        ModelCallRow(
            search=record.search,
            trial=record.trial,
            ordinal=record.ordinal,
            request_hash=record.request_hash,
            record=record,
        )
    )
    session.flush()


_TRIAL = (
    *(TrialRow.number, TrialRow.node, TrialRow.ordinal),
    *(TrialRow.told, TrialRow.stage, TrialRow.arm),
)
_NODE = ("node", "parent", "trial", "state", "depth", "value", "visits", "pending", "value_sum",
         "solved", "merged_with", "stage")  # fmt: skip


def _told() -> ColumnElement[bool]:
    return and_(OutcomeRow.search == TrialRow.search, OutcomeRow.trial == TrialRow.number)
