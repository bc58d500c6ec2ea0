"""Verdicts with evidence on SQLite and on Postgres."""

import json

from hypothesis import HealthCheck, given, settings
from sqlalchemy import text

from agents.domain import Verdict
from agents.selection.evidence import Evidence
from service.searches.store import SqlStore
from tests.service.any_value import any_value
from tests.service.console.sample_evidence import VERDICT
from tests.service.examples import ISSUE, PREPARATION, SETTINGS


def decided(store: SqlStore, verdict: Verdict) -> str:
    """A stored search with that verdict."""
    search = store.create(ISSUE, SETTINGS)
    store.set_phase(search, "preparing")
    store.save_preparation(search, PREPARATION)
    store.set_phase(search, "verifying")
    store.save_verdict(search, verdict)
    return search


def test_a_verdict_comes_back_with_all_its_evidence(store: SqlStore) -> None:
    assert store.load(decided(store, VERDICT)).verdict == VERDICT


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(verdict=any_value(Verdict))
def test_any_verdict_does(store: SqlStore, verdict: Verdict) -> None:
    assert store.load(decided(store, verdict)).verdict == verdict


def test_a_row_from_before_there_was_evidence_can_still_be_read(store: SqlStore) -> None:
    search, other = decided(store, VERDICT), store.create(ISSUE, SETTINGS)
    with store.database.write() as session:
        row = session.execute(text("SELECT document FROM verdicts")).scalar_one()
        found = json.loads(row) if isinstance(row, str) else row
        old = {k: v for k, v in found.items() if k not in {"evidence", "costs"}} | {"version": 1}
        session.execute(
            text(
                "INSERT INTO verdicts (search, decision, patch, document, created_at) "
                "SELECT :other, decision, patch, :document, created_at FROM verdicts "
                "WHERE search = :search"
            ),
            {"other": other, "document": json.dumps(old), "search": search},
        )
        session.execute(
            text("UPDATE searches SET phase = 'done' WHERE id = :other"), {"other": other}
        )
    verdict = store.load(other).verdict
    assert verdict is not None
    assert (verdict.version, verdict.chosen, verdict.evidence) == (1, 4, Evidence())
