"""The application as a whole: keys, problems, health, the committed description."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from agents.driver import run_in_process
from sandbox.errors import SandboxUnavailable
from service.app import create_app
from service.bootstrap import Services, build_source
from service.config import Settings
from service.issues.submission import Submission
from service.openapi import document
from service.searches.executor import InProcessExecutor
from service.searches.store import SqlStore
from tests.service.engines import SlowEngine
from tests.service.issues.test_submission import BODY
from tests.service.waiting import until

DESCRIPTION = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


@pytest.fixture
def locked(settings: Settings, services: Services) -> Iterator[TestClient]:
    """The API behind a key."""
    settings.api_key = SecretStr("right")
    app = create_app(settings, lambda _: services)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "x"}])
def test_without_the_key_nothing_is_told(locked: TestClient, headers: dict[str, str]) -> None:
    for path in ("/v1/issues", "/v1/issues/x/patch"):
        answer = locked.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["type"] == "urn:budwood:problem:not-authenticated"
    assert locked.post("/v1/issues", json=BODY, headers=headers).status_code == 401


def test_with_the_key_all_is_open(locked: TestClient) -> None:
    answer = locked.get("/v1/issues", headers={"Authorization": "Bearer right"})
    assert answer.status_code == 200


def test_health_needs_no_key(locked: TestClient) -> None:
    assert locked.get("/healthz").json() == {"status": "ok"}
    assert locked.get("/readyz").status_code == 200


def test_without_a_key_only_loopback_names_are_served(client: TestClient) -> None:
    assert client.get("/v1/issues", headers={"Host": "evil.example"}).status_code == 400


def test_serving_others_without_a_key_is_refused() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        Settings(host=host).check_exposure()
    Settings(host="0.0.0.0", api_key=SecretStr("k")).check_exposure()
    with pytest.raises(ValueError, match="BUDWOOD_API_KEY"):
        Settings(host="0.0.0.0").check_exposure()


def test_readiness_names_what_is_not_well(settings: Settings, services: Services) -> None:
    def broken() -> str:
        raise SandboxUnavailable("install bubblewrap")

    unwell = replace(services, probes={**services.probes, "sandbox": broken})
    app = create_app(settings, lambda _: unwell)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    checks = {check["name"]: (check["ok"], check["detail"]) for check in answer.json()["checks"]}
    assert checks["database"][0]
    assert checks["migrations"] == (True, "up to date")
    assert checks["sandbox"] == (False, "install bubblewrap")


def test_unknown_path_and_method_are_problems(client: TestClient) -> None:
    for answer, status in ((client.get("/nope"), 404), (client.put("/v1/issues"), 405)):
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_lost_database_is_503_and_not_a_success(client: TestClient, services: Services) -> None:
    with services.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE searches RENAME TO gone")
    answer = client.post("/v1/issues", json=BODY)
    assert answer.status_code >= 500
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_search_runs_in_this_process_to_its_patch(
    settings: Settings, services: Services, store: SqlStore
) -> None:
    engine = SlowEngine(store)
    executor = InProcessExecutor(
        partial(run_in_process, engine, workers=2), store.unfinished, engine.fail
    )
    submission = Submission(store, executor, build_source(settings).check)
    embedded = replace(services, executor=executor, submission=submission)
    with TestClient(
        create_app(settings, lambda _: embedded), base_url="http://127.0.0.1"
    ) as client:
        url = client.post("/v1/issues", json=BODY).headers["Location"]
        until(lambda: client.get(url).json()["state"] == "done", "the verdict")
        assert client.get(f"{url}/patch").status_code == 200
    assert not [t for t in threading.enumerate() if t.name.startswith("search-")]


def test_committed_description_is_current() -> None:
    assert DESCRIPTION.read_text() == document(), (
        "run: python -m service.openapi > docs/openapi.json"
    )


def test_description_is_3_1_and_declares_problems() -> None:
    assert '"openapi": "3.1.0"' in document()
    assert "application/problem+json" in document()
