"""`agents.store.SearchStore` on SQL, and the journal of model calls beside it.

Each call is one transaction. What is written of one search is written in turn, under a lock on
its row, and the work units that follow from a fact are written with the fact.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast, get_args

from sqlalchemy.orm import Session

from agents.domain import Issue, Outcome, Preparation, Verdict
from agents.errors import SearchConflict
from agents.llm.journal import CallRecord
from agents.search.tree import NodeId
from agents.settings import SearchSettings
from agents.store import FINAL, Phase, SearchRecord, StoredTrial
from service.kit.database import DUPLICATE, Database
from service.kit.ids import new_id
from service.models import SearchRow
from service.queue import repository as units
from service.queue.units import Unit
from service.searches import repository
from service.searches.projection import Projection

_ORDER: tuple[Phase, ...] = get_args(Phase)


KEPT_SEARCHES = 16
"""Searches whose outcomes stay in memory."""


@dataclass(slots=True)
class _Seen:
    """What this process has read of a search and nobody will change, and its tree as it was."""

    asked: tuple[Issue, SearchSettings] | None = None
    preparation: Preparation | None = None
    trials: tuple[StoredTrial, ...] = ()
    projection: Projection | None = None


@dataclass(frozen=True, slots=True)
class SqlStore:
    """The same on SQLite and Postgres. Safe to share between threads.

    What is never changed once it is written (issue, preparation, outcomes) is read once.
    """

    database: Database
    _seen: dict[str, "_Seen"] = field(default_factory=dict)

    def create(self, issue: Issue, settings: SearchSettings, *, local: bool = False) -> str:
        """A new search, queued; answer its id. Carrying it out is the executor's business, or,
        for a `local` one, the caller's alone.
        """
        search = new_id()
        with self.database.write() as session:
            repository.create(session, search, issue, settings, local=local)
        return search

    def restart_clock(self, search: str) -> None:
        """Time from here on counts towards the wall-clock limit; a pause before it does not."""
        with self.database.write() as session:
            row = repository.lock(session, search)
            if row.started_at is not None:
                row.started_at = repository.now(session)

    def create_once(
        self, issue: Issue, settings: SearchSettings, *, key: str, body_hash: str
    ) -> tuple[str, str, bool]:
        """The search that `key` stands for: its id, the hash it came with, whether it is new."""
        search = new_id()
        try:
            with self.database.write() as session:
                if (known := repository.with_key(session, key)) is not None:
                    return known.id, known.body_hash or "", False
                repository.create(session, search, issue, settings, key=key, body_hash=body_hash)
        except DUPLICATE:  # somebody else was faster by a moment
            return self.create_once(issue, settings, key=key, body_hash=body_hash)
        return search, body_hash, True

    def load(self, search: str) -> SearchRecord:
        seen = self._seen_of(search)
        with self.database.read() as session:
            if seen.asked is None:
                row = repository.get(session, search)
                seen.asked = row.issue, row.settings
            if seen.preparation is None:
                seen.preparation = repository.preparation(session, search)
            phase, cause, started_at = repository.status(session, search)
            trials = repository.trials(session, search, seen.trials)
            seen.trials = trials
            return SearchRecord(
                id=search,
                issue=seen.asked[0],
                settings=seen.asked[1],
                phase=cast("Phase", phase),
                cause=cause,
                preparation=seen.preparation,
                trials=trials,
                verdict=repository.verdict(session, search) if phase in FINAL else None,
                started_at=started_at,
            )

    def _seen_of(self, search: str) -> "_Seen":
        while len(self._seen) > KEPT_SEARCHES:
            self._seen.pop(next(iter(self._seen)), None)
        return self._seen.setdefault(search, _Seen())

    def set_phase(self, search: str, phase: Phase, cause: str | None = None) -> None:
        """A phase never goes back, and a finished search stays as it is: a worker that lost its
        lease may still come here."""
        with self.database.write() as session:
            row = repository.lock(session, search)
            if _may_follow(cast("Phase", row.phase), phase):
                _move(session, row, phase, cause)

    def save_preparation(self, search: str, preparation: Preparation) -> None:
        with self.database.write() as session:
            row = repository.lock(session, search)
            if repository.preparation(session, search) is None:
                repository.add_preparation(session, row, preparation)

    def open_trials(self, search: str, trials: Sequence[StoredTrial]) -> None:
        """The trials' work units are made in the same transaction."""
        with self.database.write() as session:
            row = repository.lock(session, search)
            first = repository.trial_count(session, search)
            if [trial.number for trial in trials] != list(range(first, first + len(trials))):
                raise SearchConflict(f"search {search}: trial {first} is the next to open")
            repository.add_trials(session, search, trials)
            version = row.last_event, first
            projection = self._project(session, row, version, lambda kept: kept.open(trials))
            version = row.last_event, first + len(trials)
            if not row.local:
                units.add(session, [Unit(search, "trial", trial.number) for trial in trials])
        self._keep(search, projection, version)

    def record_outcome(self, search: str, outcome: Outcome, *, fence: int = 0) -> bool:
        """Raises: KeyError for a trial that was never opened."""
        unit = Unit(search, "trial", outcome.trial)
        with self.database.write() as session:
            row = repository.lock(session, search)
            opened = repository.trial_count(session, search)
            if outcome.trial >= opened:
                raise KeyError(f"trial {outcome.trial} of {search}")
            if repository.has_outcome(session, search, outcome.trial):
                return False
            if not row.local and not units.may_write(session, unit, fence):
                return False
            repository.add_outcome(session, search, outcome, fence)
            version = row.last_event, opened
            projection = self._project(session, row, version, lambda kept: kept.tell(outcome))
            units.finish(session, unit)
            repository.append_event(session, row, "trial", _summary(outcome))
            version = row.last_event, opened
        self._keep(search, projection, version)
        return True

    def _project(
        self,
        session: Session,
        row: SearchRow,
        version: tuple[int, int],
        change: Callable[[Projection], set[NodeId] | None],
    ) -> Projection | None:
        """Write the nodes that `change` changes; all that differ, where no tree of this very
        version was kept. Called under the row's lock."""
        seen = self._seen_of(row.id)
        kept, seen.projection = seen.projection, None
        touched = change(kept) if kept is not None and kept.version == version else None
        if kept is None or touched is None:
            return repository.refresh_nodes(session, row)
        repository.store_nodes(session, row.id, kept, touched)
        return kept

    def _keep(self, search: str, projection: Projection | None, version: tuple[int, int]) -> None:
        """Once it is committed."""
        if projection is not None:
            projection.version = version
            self._seen_of(search).projection = projection

    def save_verdict(self, search: str, verdict: Verdict) -> None:
        """Once; a second call is ignored."""
        with self.database.write() as session:
            row = repository.lock(session, search)
            if row.phase not in FINAL:
                repository.add_verdict(session, search, verdict)
                _move(session, row, "done" if verdict.decision == "patch" else "abstained")

    def emit(self, search: str, kind: str, data: Mapping[str, object]) -> None:
        with self.database.write() as session:
            repository.append_event(session, repository.lock(session, search), kind, data)

    def take_stalled(self, *, quiet_s: float) -> list[str]:
        """Prepared searches on which nobody works; each is answered once per `quiet_s`."""
        with self.database.write() as session:
            return repository.take_stalled(session, ("searching", "verifying"), quiet_s=quiet_s)

    def unfinished(self) -> list[str]:
        """Searches that are not over, oldest first."""
        with self.database.read() as session:
            return repository.unfinished(session, FINAL)


@dataclass(frozen=True, slots=True)
class SqlCallStore:
    """`agents.llm.journal.CallStore` on SQL."""

    database: Database

    def get(self, search: str, trial: int, ordinal: int) -> CallRecord | None:
        with self.database.read() as session:
            return repository.call(session, search, trial, ordinal)

    def of(self, search: str) -> list[CallRecord]:
        """Every answered call of a search."""
        with self.database.read() as session:
            return repository.calls(session, search)

    def put(self, record: CallRecord) -> CallRecord:
        """Raises: KeyError for an unknown search."""
        with self.database.write() as session:
            repository.lock(session, record.search)
            stored = repository.call(session, record.search, record.trial, record.ordinal)
            if stored is None:
                repository.add_call(session, record)
            return stored or record


def _may_follow(now: Phase, wanted: Phase) -> bool:
    return now not in FINAL and _ORDER.index(wanted) > _ORDER.index(now)


def _move(session: Session, row: SearchRow, phase: Phase, cause: str | None = None) -> None:
    """A phase that is over takes its work units with it."""
    row.phase, row.cause = phase, cause
    if phase == "preparing" and row.started_at is None:
        row.started_at = repository.now(session)
    if phase == "searching":
        units.finish(session, Unit(row.id, "prepare"))
    if phase in FINAL:
        row.finished_at = repository.now(session)
        units.finish_all(session, row.id)
    repository.append_event(session, row, "phase", {"phase": phase, "cause": cause})


def _summary(outcome: Outcome) -> dict[str, object]:
    return {
        "trial": outcome.trial,
        "kind": outcome.kind,
        "reason": outcome.reason,
        "value": outcome.value,
        "solved": outcome.solved,
        "summary": outcome.summary,
    }
