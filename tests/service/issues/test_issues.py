"""GET /v1/issues and what lies below."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from agents.domain import External, Outcome
from agents.workload import Slowness, SpeedUp, Workload
from service.searches.store import SqlStore
from tests.service.console.sample_evidence import OLD
from tests.service.console.sample_evidence import VERDICT as SAMPLE
from tests.service.examples import (
    ISSUE,
    PREPARATION,
    SETTINGS,
    candidate,
    expanded,
    trial,
    verdict,
)

SPEED = SpeedUp(ratio=3.0, low=2.5, high=None, p=0.01, base_s=(3.0,), state_s=(1.0,))
SLOWNESS = Slowness(workload=Workload(script="go()", goal=2.0), seconds=3.0, digest="d", wall_s=4.0)


@pytest.fixture
def search(store: SqlStore) -> str:
    """Two trials told, one open: a solved node and a rejected edit."""
    search = store.create(ISSUE, SETTINGS)
    store.set_phase(search, "preparing")
    store.save_preparation(search, PREPARATION)
    store.set_phase(search, "searching")
    store.open_trials(search, [trial(0), trial(1, ordinal=1)])
    store.record_outcome(search, expanded(0, value=0.75, solved=True))
    store.record_outcome(search, Outcome(trial=1, kind="failed", reason="does_not_compile"))
    store.open_trials(search, [trial(2, ordinal=2, told=2)])
    return search


def test_issue_tells_how_the_search_stands(client: TestClient, search: str) -> None:
    body = client.get(f"/v1/issues/{search}").json()
    assert (body["state"], body["cause"], body["best_value"]) == ("searching", None, 0.75)
    assert body["counts"] == {
        "trials": 3, "open": 1, "expanded": 1, "failed": 1, "exhausted": 0, "lost": 0,
        "nodes": 1, "solved": 1,
    }  # fmt: skip
    assert body["spend"]["prompt_tokens"] == 10
    assert body["spend"]["sandbox_runs"] == 4
    assert body["started_at"].endswith("Z")
    assert body["finished_at"] is None


def test_tree_shows_nodes_and_rejected_trials(client: TestClient, search: str) -> None:
    body = client.get(f"/v1/issues/{search}/tree").json()
    root, child = body["nodes"]
    assert (root["visits"], root["pending"], root["mean_value"]) == (2, 1, 0.375)
    assert (child["parent"], child["summary"], child["solved"]) == (0, "edit 0", True)
    assert [(t["trial"], t["kind"], t["reason"]) for t in body["trials"]] == [
        (1, "failed", "does_not_compile"),
        (2, "open", ""),
    ]


def test_result_before_its_turn_waits(client: TestClient, store: SqlStore, search: str) -> None:
    store.open_trials(search, [trial(3, ordinal=3, told=2)])
    store.record_outcome(search, expanded(3))
    body = client.get(f"/v1/issues/{search}/tree").json()
    assert len(body["nodes"]) == 2
    assert body["trials"][-1]["kind"] == "waiting"


def test_patch_is_byte_for_byte(client: TestClient, store: SqlStore, search: str) -> None:
    store.save_verdict(search, verdict())
    answer = client.get(f"/v1/issues/{search}/patch")
    assert answer.status_code == 200
    assert answer.content == verdict().patch
    assert answer.headers["Content-Type"].startswith("text/x-diff")


@pytest.mark.parametrize("part", ["patch", "verdict"])
def test_undecided_search_has_no_patch_yet(client: TestClient, search: str, part: str) -> None:
    answer = client.get(f"/v1/issues/{search}/{part}")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:budwood:problem:not-decided"
    assert "searching" in answer.json()["detail"]


def test_abstention_is_told_with_its_reason(
    client: TestClient, store: SqlStore, search: str
) -> None:
    store.save_verdict(search, verdict("abstained"))
    answer = client.get(f"/v1/issues/{search}/patch")
    assert answer.status_code == 409
    assert "nothing passed" in answer.json()["detail"]
    assert client.get(f"/v1/issues/{search}/verdict").json()["decision"] == "abstained"


def test_failure_is_told_with_its_cause(client: TestClient, store: SqlStore, search: str) -> None:
    store.set_phase(search, "failed", "no disk: free some")
    answer = client.get(f"/v1/issues/{search}/patch")
    assert answer.status_code == 409
    assert "no disk: free some" in answer.json()["detail"]


def test_verdict_shows_the_evidence(client: TestClient, store: SqlStore, search: str) -> None:
    store.save_verdict(search, verdict())
    body = client.get(f"/v1/issues/{search}/verdict").json()
    assert (body["decision"], body["chosen"], body["confidence"]) == ("patch", 0, 0.7)
    assert [candidate["accepted"] for candidate in body["candidates"]] == [True, True]
    assert body["given"] == []
    assert body["candidates"][0]["rungs"][1] == {"name": "types", "passed": None, "detail": ""}
    assert body["baseline"]["passing"] == ["t::a"]


def test_verdict_says_whose_patch_each_candidate_is(
    client: TestClient, store: SqlStore, search: str
) -> None:
    theirs = replace(candidate(0), origin="external:other")
    store.save_verdict(search, replace(verdict(), candidates=(theirs, candidate(1))))
    body = client.get(f"/v1/issues/{search}/verdict").json()
    assert [found["origin"] for found in body["candidates"]] == ["external:other", ""]


def test_verdict_says_what_became_of_each_given_patch(client: TestClient, store: SqlStore) -> None:
    given = tuple(External(name=name, patch=b"diff") for name in "abc")
    search = store.create(replace(ISSUE, candidates=given), SETTINGS)
    store.set_phase(search, "preparing")
    store.save_preparation(search, PREPARATION)
    store.set_phase(search, "searching")
    store.open_trials(search, [trial(0), trial(1, ordinal=1)])
    store.record_outcome(search, expanded(0, solved=True))
    said = "it does not apply: patch failed: leap.py:3"
    failed = Outcome(trial=1, kind="failed", reason="does_not_apply", feedback=said)
    store.record_outcome(search, failed)
    store.save_verdict(search, verdict())
    first, second, third = client.get(f"/v1/issues/{search}/verdict").json()["given"]
    assert first == {
        "name": "a", "trial": 0, "told": "chosen", "kind": "expanded", "reason": "",
        "passed": True, "chosen": True, "same_as": None, "left_out": [],
    }  # fmt: skip
    assert (second["told"], second["reason"]) == (said, "does_not_apply")
    assert (third["name"], third["told"], third["kind"]) == ("c", "not tried", None)
    assert not second["chosen"]


def test_events_are_numbered_and_paged(client: TestClient, search: str) -> None:
    first = client.get(f"/v1/issues/{search}/events", params={"limit": 2}).json()
    rest = client.get(f"/v1/issues/{search}/events", params={"after": first["next_after"]}).json()
    assert first["has_more"]
    assert not rest["has_more"]
    items = first["items"] + rest["items"]
    assert [item["number"] for item in items] == list(range(1, len(items) + 1))
    assert [item["kind"] for item in items] == ["phase", "phase", "trial", "trial"]


def test_issues_come_in_pages_newest_first(client: TestClient, store: SqlStore) -> None:
    made = [store.create(ISSUE, SETTINGS) for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = client.get("/v1/issues", params=params).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        assert page["has_more"] == (cursor is not None)
        if cursor is None:
            break
    assert seen == sorted(made, reverse=True)


def test_issues_are_filtered_by_state(client: TestClient, store: SqlStore, search: str) -> None:
    store.create(ISSUE, SETTINGS)
    page = client.get("/v1/issues", params={"state": "searching"}).json()
    assert [item["id"] for item in page["items"]] == [search]


def test_bad_cursor_is_refused(client: TestClient) -> None:
    answer = client.get("/v1/issues", params={"cursor": "ü"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:budwood:problem:bad-cursor"


@pytest.mark.parametrize("part", ["", "/patch", "/tree", "/verdict", "/events"])
def test_unknown_issue_is_404(client: TestClient, part: str) -> None:
    answer = client.get(f"/v1/issues/nope{part}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:budwood:problem:unknown-issue"


def test_tree_and_verdict_show_what_was_measured(client: TestClient, store: SqlStore) -> None:
    search = store.create(replace(ISSUE, workload=SLOWNESS.workload), SETTINGS)
    store.set_phase(search, "preparing")
    store.save_preparation(search, replace(PREPARATION, slowness=SLOWNESS))
    store.set_phase(search, "searching")
    store.open_trials(search, [trial(0)])
    store.record_outcome(search, replace(expanded(0, solved=True), speed=SPEED))
    store.set_phase(search, "verifying")
    timed = replace(candidate(0), speed=SPEED)
    store.save_verdict(search, replace(verdict(), candidates=(timed,), slowness=SLOWNESS))
    root, child = client.get(f"/v1/issues/{search}/tree").json()["nodes"]
    assert root["speed"] is None
    assert (child["speed"]["ratio"], child["speed"]["low"]) == (3.0, 2.5)
    body = client.get(f"/v1/issues/{search}/verdict").json()
    assert body["slowness"]["workload"] == {"script": "go()", "goal": 2.0}
    assert body["candidates"][0]["speed"]["high"] is None


def test_verdict_shows_why_as_data(client: TestClient, store: SqlStore, search: str) -> None:
    store.save_verdict(search, SAMPLE)
    body = client.get(f"/v1/issues/{search}/verdict").json()
    evidence = body["evidence"]
    assert evidence["pool"]["results"]["written::1"] == {
        "4": "passed",
        "6": "passed",
        "9": "failed",
    }
    assert evidence["behaviours"][0]["options"] == ["4", "6"]
    assert evidence["weights"]["written::4"]["silent"] == "unstable"
    assert [judged["shown"] for judged in evidence["pool"]["judgements"]] == [
        ["4", "9"],
        ["9", "4"],
    ]
    assert body["costs"]["judge"]["usd"] is None
    assert body["costs"]["cross_run"]["sandbox_s"] == 4.25


def test_a_verdict_without_evidence_shows_that_it_has_none(
    client: TestClient, store: SqlStore, search: str
) -> None:
    store.save_verdict(search, OLD)
    body = client.get(f"/v1/issues/{search}/verdict").json()
    assert (body["version"], body["costs"], body["evidence"]["pool"]["options"]) == (1, {}, [])
