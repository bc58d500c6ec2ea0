"""POST /v1/issues."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from agents.domain import External, Issue
from agents.settings import SearchSettings, Verification
from agents.workload import Workload
from service.issues.submitted import gold_fields
from service.kit.documents import from_document, to_document
from service.searches.store import SqlStore
from tests.service.conftest import Held
from tests.service.examples import ISSUE

BODY: dict[str, Any] = {
    "repo": "owner/name",
    "base_commit": "a" * 40,
    "problem_statement": "It breaks.",
}


def test_accepted_issue_is_stored_and_submitted(
    client: TestClient, store: SqlStore, held: Held
) -> None:
    answer = client.post("/v1/issues", json=BODY)
    assert answer.status_code == 202
    body = answer.json()
    assert answer.headers["Location"] == f"/v1/issues/{body['id']}" == body["url"]
    assert body["state"] == "queued"
    assert held.submitted == [body["id"]]
    record = store.load(body["id"])
    assert record.issue.problem_statement == "It breaks."
    assert record.settings == SearchSettings()


def test_search_settings_travel(client: TestClient, store: SqlStore) -> None:
    search = {"strategy": "best_of_n", "seed": 3, "policy": ["llm", "mutation"], "width": 1,
              "limits": {"nodes": 5, "wall_s": None}, "model": "m", "value": "hybrid", "judge": "j",
              "edit_form": "tools"}  # fmt: skip
    environment = {"requirements": ["six"], "image": "python:3.11"}
    answer = client.post("/v1/issues", json={**BODY, "search": search, "environment": environment})
    record = store.load(answer.json()["id"])
    assert (record.settings.strategy, record.settings.seed) == ("best_of_n", 3)
    assert record.settings.policy == ("llm", "mutation")
    assert (record.settings.value, record.settings.judge) == ("hybrid", "j")
    assert record.settings.edit_form == "tools"
    assert (record.settings.limits.nodes, record.settings.limits.wall_s) == (5, None)
    assert record.issue.environment.requirements == ("six",)


def test_how_to_verify_travels(client: TestClient, store: SqlStore) -> None:
    sent = {"without": ["judge", "rerun"], "model": "v", "judge": "debate", "tests": 0,
            "probes": 3, "most": 2, "threshold": 0.9}  # fmt: skip
    answer = client.post("/v1/issues", json={**BODY, "search": {"verification": sent}})
    record = store.load(answer.json()["id"])
    assert record.settings.verification == Verification(
        without=("judge", "rerun"),
        model="v",
        judge="debate",
        tests=0,
        probes=3,
        most=2,
        threshold=0.9,
    )


def test_a_workload_travels_and_has_a_goal_without_one(client: TestClient, store: SqlStore) -> None:
    for sent, goal in (({"script": "go()", "goal": 3}, 3.0), ({"script": "go()"}, 1.2)):
        answer = client.post("/v1/issues", json={**BODY, "workload": sent})
        record = store.load(answer.json()["id"])
        assert record.issue.workload == Workload(script="go()", goal=goal)


GIVEN = [{"name": "a", "patch": "diff é\r\n"}, {"name": "b", "patch": "diff"}]


def test_candidates_travel_and_alone_compete_unless_a_policy_is_named(
    client: TestClient, store: SqlStore
) -> None:
    for search, policy in (
        ({}, ("external",)),
        ({"seed": 3, "strategy": "mcts"}, ("external",)),
        ({"policy": ["mutation"]}, ("external", "mutation")),
        ({"policy": ["llm", "external"]}, ("external", "llm")),
    ):
        body = {**BODY, "candidates": GIVEN, "search": search}
        record = store.load(client.post("/v1/issues", json=body).json()["id"])
        assert record.settings.policy == policy
        assert record.issue.candidates == (
            External(name="a", patch="diff é\r\n".encode()),
            External(name="b", patch=b"diff"),
        )


@pytest.mark.parametrize("nodes", [2, None])
def test_a_limit_that_lets_every_candidate_be_tried_is_taken(
    client: TestClient, nodes: int | None
) -> None:
    body = {**BODY, "candidates": GIVEN, "search": {"limits": {"nodes": nodes}}}
    assert client.post("/v1/issues", json=body).status_code == 202


def test_candidates_alone_are_as_many_trials(client: TestClient, store: SqlStore) -> None:
    answer = client.post("/v1/issues", json={**BODY, "candidates": GIVEN})
    settings = store.load(answer.json()["id"]).settings
    assert (settings.strategy, dict(settings.options)) == ("best_of_n", {"n": 2.0})


def test_an_issue_that_was_stored_before_there_were_candidates_is_read_as_one_without() -> None:
    old = to_document(ISSUE)
    del old["candidates"]
    assert from_document(Issue, old) == ISSUE


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"candidates": [*GIVEN, GIVEN[0]]}, "'a' is named twice; give each a name of its own"),
        ({"candidates": [{"name": "", "patch": "x"}]}, "candidates.0.name"),
        ({"candidates": [{"name": "two\nlines", "patch": "x"}]}, "candidates.0.name"),
        ({"candidates": [{"name": "n" * 201, "patch": "x"}]}, "candidates.0.name"),
        ({"candidates": [{"name": "a", "patch": ""}]}, "candidates.0.patch"),
        ({"candidates": [{"name": "a", "patch": "x" * 1_000_001}]}, "candidates.0.patch"),
        ({"candidates": [{"name": "a", "model_patch": "x"}]}, "candidates.0.model_patch"),
        ({"candidates": [{"name": f"{n}", "patch": "x"} for n in range(257)]}, "at most 256"),
        ({"candidates": GIVEN, "search": {"max_breadth": 1}}, "search.max_breadth"),
        (
            {"candidates": GIVEN, "search": {"limits": {"nodes": 1}}},
            "search.limits.nodes: 1 is less",
        ),
        (
            {"candidates": [{"name": " ", "patch": "x"}]},
            "candidates.0.name: Value error, must not be blank",
        ),
        (
            {"candidates": [{"name": "a", "patch": " \n"}]},
            "candidates.0.patch: Value error, must not be blank",
        ),
        ({"search": {"policy": ["external"]}}, "list them in candidates"),
    ],
)
def test_candidates_that_cannot_compete_are_refused(
    client: TestClient, held: Held, change: dict[str, Any], part: str
) -> None:
    answer = client.post("/v1/issues", json={**BODY, **change})
    assert answer.status_code == 422
    assert part in answer.json()["detail"]
    assert held.submitted == []


@pytest.mark.parametrize("sent", [{"script": ""}, {"script": "go()", "goal": 1}, {"goal": 2}])
def test_a_workload_that_asks_for_nothing_is_refused(
    client: TestClient, sent: dict[str, object]
) -> None:
    answer = client.post("/v1/issues", json={**BODY, "workload": sent})
    assert answer.status_code == 422
    assert "workload" in answer.json()["detail"]


@pytest.mark.parametrize(
    "field", ["patch", "test_patch", "FAIL_TO_PASS", "pass_to_pass", "hidden_tests", "eval_script"]
)
def test_what_only_a_grader_may_know_is_refused(client: TestClient, field: str) -> None:
    answer = client.post("/v1/issues", json={**BODY, field: "x"})
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert "only a grader may know" in answer.json()["detail"]


@pytest.mark.parametrize(
    "around",
    [
        lambda gold: gold,
        lambda gold: {"search": gold},
        lambda gold: {"search": {"options": gold}},
        lambda gold: {"environment": {"deep": [[gold]]}},
        lambda gold: {"candidates": gold},
        lambda gold: {"candidates": [{"patch": "diff", **gold}]},
        lambda gold: {"candidates": [{"patch": "diff", "more": gold}]},
    ],
)
def test_it_is_refused_at_any_depth(
    client: TestClient, held: Held, around: Callable[[Any], dict[str, Any]]
) -> None:
    answer = client.post("/v1/issues", json={**BODY, **around({"test_patch": "x"})})
    assert answer.status_code == 422
    assert "test_patch: only a grader may know" in answer.json()["detail"]
    assert held.submitted == []


def test_a_candidates_own_patch_is_no_gold() -> None:
    assert gold_fields({"candidates": [{"patch": "diff"}]}) == set()
    assert gold_fields({"candidates": [{"deep": {"patch": "diff"}}]}) == {"patch"}
    assert gold_fields({"patch": "diff"}) == {"patch"}


def test_a_deeply_nested_document_is_searched_too() -> None:
    deep: dict[str, Any] = {"test_patch": 1}
    for _ in range(5_000):
        deep = {"a": [deep]}
    assert gold_fields(deep) == {"test_patch"}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"problem_statement": ""}, "problem_statement"),
        ({"surprise": 1}, "surprise"),
        ({"search": {"edit_form": "whole_files"}}, "edit_form"),
        ({"repo": "file:///etc"}, "cannot be used as a repository"),
        ({"repo": "/etc"}, "POST /v1/repositories"),
        ({"repo": "https://evil.example/a/b"}, "allowed: github.com"),
        ({"repo": f"upload:{'0' * 64}"}, "POST /v1/repositories first"),
        ({"base_commit": "--upload-pack=touch /tmp/x"}, "is not a commit"),
        ({"search": {"strategy": "magic"}}, "there are: ab_mcts, adaptive, best_of_n"),
        ({"search": {"policy": ["telepathy"]}}, "no policy is named"),
        ({"search": {"width": 0}}, "search.width"),
        ({"search": {"limits": {"usd": "NaN"}}}, "search.limits.usd"),
        ({"search": {"verification": {"without": ["luck"]}}}, "there are: cross_run, distinguish"),
        ({"search": {"verification": {"judge": "coin"}}}, "search.verification.judge"),
        ({"search": {"verification": {"threshold": 1.5}}}, "search.verification.threshold"),
        ({"search": {"verification": {"threshold": "NaN"}}}, "search.verification.threshold"),
        ({"search": {"verification": {"tests": 33}}}, "search.verification.tests"),
        ({"search": {"verification": {"probes": 17}}}, "search.verification.probes"),
        ({"search": {"verification": {"most": 0}}}, "search.verification.most"),
    ],
)
def test_what_cannot_work_is_a_problem_document(
    client: TestClient, held: Held, change: dict[str, Any], part: str
) -> None:
    answer = client.post("/v1/issues", json={**BODY, **change})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert part in answer.json()["detail"]
    assert answer.json()["type"].startswith("urn:budwood:problem:")
    assert held.submitted == []


def test_idempotency_key_replays_the_first_answer(client: TestClient, held: Held) -> None:
    first, second = (
        client.post("/v1/issues", json=BODY, headers={"Idempotency-Key": "k1"}) for _ in range(2)
    )
    assert first.content == second.content
    assert second.status_code == 202
    assert second.headers["Location"] == first.headers["Location"]
    assert len(held.submitted) == 1


def test_idempotency_key_with_another_body_is_refused(client: TestClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    client.post("/v1/issues", json=BODY, headers=headers)
    other = client.post("/v1/issues", json={**BODY, "hints_text": "x"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:budwood:problem:idempotency-key-reused"


def test_one_key_many_times_at_once_is_one_search(client: TestClient, held: Held) -> None:
    def post(_: int) -> str:
        answer = client.post("/v1/issues", json=BODY, headers={"Idempotency-Key": "k"})
        return str(answer.json()["id"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(post, range(8)))) == 1
    assert len(held.submitted) == 1


def test_large_body_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/issues", content=b" " * (5 << 20))
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:budwood:problem:too-large"


def test_large_body_of_unknown_length_is_refused(client: TestClient) -> None:
    parts = (b" " * (1 << 20) for _ in range(6))
    answer = client.post("/v1/issues", content=parts, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
