"""All SQL of confidence: maps, and verdicts beside their labels."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, select, type_coerce
from sqlalchemy.orm import Session

from agents.selection.calibration.calibration_map import PRIOR, CalibrationMap
from service.confidence.labelled_verdict import LabelledVerdict, issue_digest
from service.models import CalibrationMapRow, SearchRow, VerdictRow
from service.models.label import LabelRow


def active(session: Session) -> CalibrationMap:
    """The newest map; the prior before there is one."""
    newest = select(CalibrationMapRow.document).order_by(CalibrationMapRow.number.desc()).limit(1)
    return session.scalar(newest) or PRIOR


def named(session: Session, name: str) -> CalibrationMap | None:
    """A map that was stored, or the prior."""
    if name == PRIOR.name:
        return PRIOR
    wanted = select(CalibrationMapRow.document).where(CalibrationMapRow.name == name).limit(1)
    return session.scalar(wanted)


def names(session: Session) -> list[str]:
    """Of all maps there are, oldest first."""
    stored = session.scalars(select(CalibrationMapRow.name).order_by(CalibrationMapRow.number))
    return list(dict.fromkeys([PRIOR.name, *stored]))


def add(session: Session, chosen: CalibrationMap) -> None:
    """From now on this map is the active one."""
    session.add(CalibrationMapRow(name=chosen.name, document=chosen))
    session.flush()


def labelled(session: Session) -> Iterator[LabelledVerdict]:
    """Every verdict that has a label, oldest search first, read as it is iterated."""
    told = _told(session)
    rows = session.execute(
        # Documents come whole: Postgres takes no part out of one that holds a NUL.
        select(
            *(SearchRow.id, SearchRow.repo, VerdictRow.decision),
            type_coerce(SearchRow.issue, JSON),
            type_coerce(VerdictRow.document, JSON),
        )
        .join(VerdictRow, VerdictRow.search == SearchRow.id)
        .where(SearchRow.id.in_(select(LabelRow.search)))
        .order_by(SearchRow.id)
        .execution_options(yield_per=100)
    )
    for search, repo, decision, issue, verdict in rows:
        yield _labelled(repo, decision, issue, verdict, frozenset(told[search].values()))


def _told(session: Session) -> dict[str, dict[str, bool]]:
    """Search → source → the last thing that it said."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    wanted = select(LabelRow.search, LabelRow.source, LabelRow.right)
    for search, source, right in session.execute(wanted.order_by(LabelRow.search, LabelRow.number)):
        found[search][source] = right
    return found


def _labelled(
    repo: str, decision: str, issue: Any, verdict: Any, told: frozenset[bool]
) -> LabelledVerdict:
    """Verdicts of older versions have no evidence."""
    evidence = verdict.get("evidence", {})
    return LabelledVerdict(
        issue=issue_digest(repo, issue["base_commit"], issue["problem_statement"]),
        repo=repo,
        decided=decision == "patch",
        belief=evidence.get("belief", 0.0),
        beliefs=evidence.get("beliefs", ""),
        confidence=verdict["confidence"],
        told=told,
    )
