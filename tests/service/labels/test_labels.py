"""PUT /v1/issues/{id}/label, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from service.kit.database import Database, SQLAlchemyError
from service.labels import repository
from service.labels.schemas import LabelIn
from service.labels.service import tell
from service.models import APPEND_ONLY
from service.searches.store import SqlStore
from tests.service.examples import ISSUE, PREPARATION, SETTINGS, expanded, trial, verdict


def begun(store: SqlStore) -> str:
    search = store.create(ISSUE, SETTINGS)
    store.set_phase(search, "preparing")
    store.save_preparation(search, PREPARATION)
    store.set_phase(search, "searching")
    store.open_trials(search, [trial(0)])
    store.record_outcome(search, expanded(0, solved=True))
    store.set_phase(search, "verifying")
    return search


def decided(store: SqlStore, decision: str = "patch") -> str:
    search = begun(store)
    store.save_verdict(search, verdict(decision))
    return search


def told(database: Database, search: str) -> list[tuple[int, str, bool]]:
    with database.read() as session:
        rows = repository.history(session, search)
        return [(row.number, row.source, row.right) for row in rows]


@pytest.mark.parametrize("decision", ["patch", "abstained"])
def test_a_verdict_and_an_abstention_can_be_labelled(
    client: TestClient, store: SqlStore, decision: str
) -> None:
    search = decided(store, decision)
    answer = client.put(f"/v1/issues/{search}/label", json={"right": True})
    assert answer.status_code == 200
    assert (answer.json()["right"], answer.json()["source"]) == (True, "person")
    assert answer.json()["created_at"].endswith("Z")
    assert told(store.database, search) == [(1, "person", True)]


def test_the_last_label_of_a_source_counts_and_the_others_are_kept(
    client: TestClient, store: SqlStore
) -> None:
    search = decided(store)
    for right, source in ((True, "grader"), (False, "person"), (False, "grader")):
        body = {"right": right, "source": source}
        assert client.put(f"/v1/issues/{search}/label", json=body).json()["right"] == right
    assert told(store.database, search) == [
        (1, "grader", True),
        (2, "person", False),
        (3, "grader", False),
    ]


def test_to_say_the_same_again_changes_nothing(client: TestClient, store: SqlStore) -> None:
    search = decided(store)
    first, again = (
        client.put(f"/v1/issues/{search}/label", json={"right": False}).json() for _ in range(2)
    )
    assert first == again
    assert len(told(store.database, search)) == 1


def test_labels_told_at_once_are_all_kept_and_numbered(store: SqlStore) -> None:
    search = decided(store)
    labels = [LabelIn(right=True, source=f"grader-{n}") for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda label: tell(store.database, search, label), labels))
    found = told(store.database, search)
    assert [number for number, _, _ in found] == list(range(1, 9))
    assert {source for _, source, _ in found} == {label.source for label in labels}


def test_an_unknown_issue_has_no_label(client: TestClient) -> None:
    answer = client.put("/v1/issues/nope/label", json={"right": True})
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:budwood:problem:unknown-issue"


def test_a_search_that_is_not_decided_has_no_label_yet(client: TestClient, store: SqlStore) -> None:
    search = begun(store)
    answer = client.put(f"/v1/issues/{search}/label", json={"right": True})
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:budwood:problem:not-decided"
    assert "verifying" in answer.json()["detail"]


def test_a_failed_search_will_have_none(client: TestClient, store: SqlStore) -> None:
    search = begun(store)
    store.set_phase(search, "failed", "no disk")
    answer = client.put(f"/v1/issues/{search}/label", json={"right": True})
    assert (answer.status_code, "no disk" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"right": True, "source": ""},
        {"right": True, "source": "a b"},
        {"wright": True},
        {"right": "no"},
        {"right": 1},
    ],
)
def test_a_label_that_says_nothing_is_refused(
    client: TestClient, store: SqlStore, body: dict[str, object]
) -> None:
    assert client.put(f"/v1/issues/{decided(store)}/label", json=body).status_code == 422


def test_a_search_never_sees_its_label(client: TestClient, store: SqlStore) -> None:
    search = decided(store)
    parts = ("", "/tree", "/verdict", "/events")
    before = [client.get(f"/v1/issues/{search}{part}").content for part in parts]
    record = store.load(search)
    body = {"right": False, "source": "grader"}
    assert client.put(f"/v1/issues/{search}/label", json=body).status_code == 200
    assert [client.get(f"/v1/issues/{search}{part}").content for part in parts] == before
    assert SqlStore(store.database).load(search) == record


@pytest.mark.parametrize("change", ['UPDATE labels SET "right" = true', "DELETE FROM labels"])
def test_what_was_told_cannot_be_changed(client: TestClient, store: SqlStore, change: str) -> None:
    search = decided(store)
    client.put(f"/v1/issues/{search}/label", json={"right": False})
    with pytest.raises(SQLAlchemyError, match="append-only"), store.database.write() as session:
        session.connection().exec_driver_sql(change)
    assert told(store.database, search) == [(1, "person", False)]
    assert "labels" in APPEND_ONLY
