"""All SQL of calibration: what value functions said, beside what came of it."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import JSON, and_, select, type_coerce
from sqlalchemy.orm import Session

from agents.value.hindsight import JudgedNode, JudgedSearch
from service.models import CandidateRow, NodeRow, OutcomeRow, SearchRow, TrialRow, VerdictRow


def judged(session: Session) -> Iterator[JudgedSearch]:
    """Every search that has a verdict, oldest first, read as it is iterated."""
    accepted, expanded = _accepted(session), _expanded(session)
    for search, rows in groupby(_nodes(session), key=lambda row: row[0]):
        yield JudgedSearch(
            nodes=[_node(row, expanded=row[1] in expanded[search]) for row in rows],
            accepted=frozenset(accepted[search]),
        )


def _node(row: Any, *, expanded: bool) -> JudgedNode:
    """Outcomes that name no parts are of searches with one value function: its value is theirs."""
    _, number, parent, state, solved, value, outcome, settings = row
    whole = {} if value is None else {settings["value"]: value}
    parts = outcome["estimates"] if outcome and "estimates" in outcome else {}
    return JudgedNode(
        id=number,
        parent=parent,
        state=state,
        solved=solved,
        expanded=expanded,
        estimates=parts or whole,
    )


def _nodes(session: Session) -> Iterator[Any]:
    """By search, parents first. Documents come whole: Postgres takes no part out of one that holds
    a NUL.
    """
    made = and_(OutcomeRow.search == NodeRow.search, OutcomeRow.trial == NodeRow.trial)
    return iter(
        session.execute(
            select(
                *(NodeRow.search, NodeRow.node, NodeRow.parent, NodeRow.state, NodeRow.solved),
                OutcomeRow.value,
                type_coerce(OutcomeRow.document, JSON),
                type_coerce(SearchRow.settings, JSON),
            )
            .join(VerdictRow, VerdictRow.search == NodeRow.search)
            .join(SearchRow, SearchRow.id == NodeRow.search)
            .outerjoin(OutcomeRow, made)
            .order_by(NodeRow.search, NodeRow.node)
            .execution_options(yield_per=1000)
        )
    )


def _accepted(session: Session) -> dict[str, set[str]]:
    wanted = select(CandidateRow.search, CandidateRow.state).where(CandidateRow.accepted)
    return _by_search(session.execute(wanted))


def _expanded(session: Session) -> dict[str, set[int]]:
    """Nodes at which a trial came to something."""
    told = and_(OutcomeRow.search == TrialRow.search, OutcomeRow.trial == TrialRow.number)
    wanted = (
        select(TrialRow.search, TrialRow.node)
        .join(OutcomeRow, told)
        .where(OutcomeRow.kind.in_(("expanded", "failed")))
        .distinct()
    )
    return _by_search(session.execute(wanted))


def _by_search(rows: Any) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = defaultdict(set)
    for search, item in rows:
        found[search].add(item)
    return found
