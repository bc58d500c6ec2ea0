"""Figures out of stored searches, on both databases, by query and over HTTP."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from agents.domain import Candidate, Outcome, Rung, Verdict
from service.calibration import repository
from service.calibration.service import report
from service.searches.store import SqlStore
from tests.service.examples import ISSUE, PREPARATION, SETTINGS, candidate, expanded, trial, verdict

SAID = {"progress": 0.5, "llm_judge": 0.8, "hybrid": 0.95}


def begun(store: SqlStore, value: str = "hybrid") -> str:
    search = store.create(ISSUE, replace(SETTINGS, value=value))
    store.set_phase(search, "preparing")
    store.save_preparation(search, PREPARATION)
    store.set_phase(search, "searching")
    return search


def tell(store: SqlStore, search: str, node: int, outcome: Outcome, **said: float) -> None:
    """One more trial at a node, told at once."""
    number = outcome.trial
    store.open_trials(search, [trial(number, node=node, told=number)])
    store.record_outcome(search, replace(outcome, estimates=said))


def grown(store: SqlStore, said: Mapping[str, float] = SAID) -> str:
    """Root ─ half-way node ─ candidate; and a node that was expanded in vain."""
    search = begun(store)
    tell(store, search, 0, expanded(0, value=0.95), **said)
    tell(store, search, 1, expanded(1, value=1.0, solved=True), progress=1.0, hybrid=1.0)
    tell(store, search, 0, expanded(2, value=0.1), progress=0.0, llm_judge=0.1, hybrid=0.1)
    tell(store, search, 3, Outcome(trial=3, kind="failed", reason="does_not_compile"))
    return search


def accepting(number: int) -> Verdict:
    return replace(verdict(), candidates=(candidate(number),))


def refusing(number: int) -> Verdict:
    refused: Candidate = replace(
        candidate(number), rungs=(Rung(name="reproduction", passed=False),)
    )
    return replace(verdict("abstained"), candidates=(refused,))


def figures(store: SqlStore, value: str | None = None) -> dict[tuple[str, str], tuple[int, int]]:
    """(value function, event) → (pairs, how many came true)."""
    with store.database.read() as session:
        page = report(repository.judged(session), value)
    return {
        (item.value, item.event): (item.figures.n, item.figures.came_true) for item in page.items
    }


def test_what_was_said_is_set_beside_what_came_of_it(store: SqlStore) -> None:
    store.save_verdict(grown(store), accepting(1))
    assert figures(store) == {
        ("progress", "candidate"): (2, 1),
        ("llm_judge", "candidate"): (2, 1),
        ("hybrid", "candidate"): (2, 1),
        ("progress", "accepted"): (3, 2),
        ("llm_judge", "accepted"): (2, 1),
        ("hybrid", "accepted"): (3, 2),
    }


def test_a_refused_candidate_was_found_and_not_accepted(store: SqlStore) -> None:
    store.save_verdict(grown(store), refusing(1))
    found = figures(store, "progress")
    assert found == {("progress", "candidate"): (2, 1), ("progress", "accepted"): (3, 0)}


def test_searches_add_up_and_only_those_with_a_verdict_count(store: SqlStore) -> None:
    store.save_verdict(grown(store), accepting(1))
    store.save_verdict(grown(store), refusing(1))
    grown(store)
    assert figures(store)["hybrid", "accepted"] == (6, 2)


def test_outcomes_that_name_no_parts_are_their_one_functions(store: SqlStore) -> None:
    search = begun(store, "progress")
    tell(store, search, 0, expanded(0, value=0.5))
    tell(store, search, 1, expanded(1, value=1.0, solved=True))
    store.save_verdict(search, accepting(1))
    assert figures(store) == {("progress", "candidate"): (1, 1), ("progress", "accepted"): (2, 2)}


def test_a_trial_that_was_lost_expanded_nothing(store: SqlStore) -> None:
    search = begun(store, "progress")
    tell(store, search, 0, expanded(0))
    tell(store, search, 1, Outcome(trial=1, kind="lost", reason="the sandbox died"))
    store.save_verdict(search, verdict("abstained"))
    assert figures(store) == {}


def test_nothing_stored_is_nothing_to_report(store: SqlStore) -> None:
    assert figures(store) == {}


def test_the_api_shows_figures_and_why_one_is_missing(client: TestClient, store: SqlStore) -> None:
    store.save_verdict(grown(store), accepting(1))
    answer = client.get("/v1/calibration", params={"value": "llm_judge"})
    assert answer.status_code == 200
    accepted, foretold = answer.json()["items"]
    assert (accepted["event"], foretold["event"]) == ("accepted", "candidate")
    told = foretold["figures"]
    assert (told["n"], told["auc"], told["ece"]) == (2, 1.0, None)
    assert told["brier"] == pytest.approx((0.2**2 + 0.1**2) / 2)
    assert told["missing"] == {"ece": "it needs 500 pairs or more, and there are 2"}
    assert [(row["low"], row["n"], row["share"]) for row in told["table"]] == [
        (0.1, 1, 0.0),
        (0.8, 1, 1.0),
    ]


def test_the_api_answers_with_all_value_functions_or_none(
    client: TestClient, store: SqlStore
) -> None:
    store.save_verdict(grown(store), accepting(1))
    assert len(client.get("/v1/calibration").json()["items"]) == 6
    assert client.get("/v1/calibration", params={"value": "x"}).json() == {"items": []}
