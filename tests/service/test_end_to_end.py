"""The commands as an owner starts them: server and workers, killed and stopped in the middle."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import psycopg
import pytest
import redis

from agents.domain import Issue
from agents.driver import run_in_process
from agents.settings import Limits, SearchSettings
from agents.store import SearchRecord
from service.bootstrap import build_engine, build_store, build_uploads
from service.config import Settings
from service.kit.migrate import upgrade
from service.searches import repository as searches
from service.searches.store import SqlStore
from tests.needs import needs
from tests.service.deployment import Api, Deployment, Process
from tests.service.services import REDIS, require
from tests.service.waiting import until

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BUNDLE = EXAMPLES / "leap-year.bundle"
SOLVABLE = (EXAMPLES / "leap-year.md").read_text()
UNSOLVABLE = """`is_leap` should say "yes".

```python
from leap import is_leap

assert is_leap(2024) == "yes"
```
"""
NEVER_RUNS = """It fails somewhere.

```python
import no_such_module_anywhere
```
"""
BROKER = f"{REDIS}/8"
FEW = 30

Reference = Callable[[str, int | None], SearchRecord]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Environments are built once; no searches are shared."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def reference(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reference]:
    """The same search undisturbed: one process, bubblewrap, SQLite. Run once for each question."""
    needs("bubblewrap")
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("reference"), cache_dir=cache, sandbox=("bubblewrap",)
    )
    upgrade(settings.database_url)
    store = build_store(settings)
    engine = build_engine(settings, store)
    known: dict[str, str] = {}

    def found(statement: str, nodes: int | None) -> SearchRecord:
        if statement not in known:
            with BUNDLE.open("rb") as file:
                upload = build_uploads(settings, store.database).store(file)
            issue = Issue(
                repo=upload.repo, base_commit=upload.base_commit, problem_statement=statement
            )
            wanted = (
                SearchSettings() if nodes is None else SearchSettings(limits=Limits(nodes=nodes))
            )
            known[statement] = store.create(issue, wanted)
            run_in_process(engine, known[statement])
        return store.load(known[statement])

    yield found
    engine.tools.sandbox.close()
    store.database.close()


@pytest.fixture
def hosted(empty_postgres_url: str, cache: Path, tmp_path: Path) -> Iterator[Deployment]:
    """Postgres, Redis and Docker; leases as short as a test is."""
    require("Redis", REDIS)
    needs("docker")
    env = {
        "BUDWOOD_DATABASE_URL": empty_postgres_url,
        "BUDWOOD_BROKER_URL": BROKER,
        "BUDWOOD_SANDBOX": "docker",
        "BUDWOOD_DATA_DIR": str(tmp_path / "data"),
        "BUDWOOD_CACHE_DIR": str(cache),
        "BUDWOOD_LEASE_S": "2",
        "BUDWOOD_HEARTBEAT_S": "0.5",
        "BUDWOOD_SWEEP_S": "0.5",
        "BUDWOOD_REQUEUE_S": "3",
    }
    with redis.Redis.from_url(BROKER) as client:
        client.flushdb()
        with Deployment(tmp_path, env) as found:
            found.run("migrate")
            yield found
        client.flushdb()


@pytest.fixture
def embedded(cache: Path, tmp_path: Path) -> Iterator[Deployment]:
    """`budwood serve` and nothing else."""
    needs("bubblewrap")
    env = {
        "BUDWOOD_SANDBOX": "bubblewrap",
        "BUDWOOD_DATA_DIR": str(tmp_path / "data"),
        "BUDWOOD_CACHE_DIR": str(cache),
    }
    with Deployment(tmp_path, env) as found:
        yield found


def submit(api: Api, statement: str, nodes: int | None = None, **changed: Any) -> str:
    uploaded = api.upload("/v1/repositories", BUNDLE)
    assert uploaded.status == 201, uploaded.content
    search = {} if nodes is None else {"search": {"limits": {"nodes": nodes}}}
    body = {**uploaded.json, "problem_statement": statement, **search, **changed}
    answer = api.post("/v1/issues", body)
    assert answer.status == 202, answer.content
    issue: str = answer.json["id"]
    return issue


def stored(deployment: Deployment, search: str) -> tuple[SearchRecord, list[tuple[Any, ...]]]:
    """The record and its nodes, as the deployment's database has them."""
    data_dir = Path(deployment.env["BUDWOOD_DATA_DIR"])
    url = deployment.env.get("BUDWOOD_DATABASE_URL", f"sqlite:///{data_dir / 'budwood.db'}")
    store = build_store(Settings(database_url=url))
    try:
        return store.load(search), nodes(store, search)
    finally:
        store.database.close()


def nodes(store: SqlStore, search: str) -> list[tuple[Any, ...]]:
    with store.database.read() as session:
        return [
            (row.node, row.parent, row.trial, row.state, row.value, row.visits)
            for row in searches.nodes(session, search)
        ]


def essence(record: SearchRecord) -> list[tuple[Any, ...]]:
    """What must not depend on the machinery: everything but times and spend."""
    found: list[tuple[Any, ...]] = []
    for trial in record.trials:
        assert trial.outcome is not None, f"trial {trial.number} has no outcome"
        told = trial.outcome
        place = trial.number, trial.node, trial.ordinal, trial.told
        result = told.kind, told.reason, told.state, told.value, told.solved, told.patch
        found.append((*place, *result, told.summary))
    return found


def assert_same(record: SearchRecord, wanted: SearchRecord) -> None:
    assert essence(record) == essence(wanted)
    assert record.phase == wanted.phase
    assert record.verdict is not None
    assert wanted.verdict is not None
    for name in ("decision", "reason", "patch", "chosen", "runner_up", "tie"):
        assert getattr(record.verdict, name) == getattr(wanted.verdict, name), name


def assert_applies(patch: bytes, folder: Path) -> None:
    checkout = folder / "checkout"
    subprocess.run(["git", "clone", "-qb", "main", BUNDLE, checkout], check=True)
    applied = subprocess.run(
        ["git", "-C", checkout, "apply", "--check", "-"], input=patch, check=False
    )
    assert applied.returncode == 0


def containers(worker: Process) -> set[str]:
    """Those that a worker's processes started, while they live."""
    client = docker.from_env()
    try:
        listed = client.api.containers(all=True, filters={"label": "budwood.owner"})
    finally:
        client.close()
    return {c["Id"] for c in listed if _group(c["Labels"]["budwood.owner"]) == worker.running.pid}


def present(ids: set[str]) -> set[str]:
    client = docker.from_env()
    try:
        return ids & {c["Id"] for c in client.api.containers(all=True)}
    finally:
        client.close()


def _group(owner: str) -> int | None:
    try:
        return os.getpgid(int(owner.split()[1]))
    except ProcessLookupError:
        return None


def count(deployment: Deployment, query: str) -> int:
    with psycopg.connect(deployment.env["BUDWOOD_DATABASE_URL"]) as connection:
        row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def test_hosted_search_answers_what_one_process_answers(
    hosted: Deployment, reference: Reference, tmp_path: Path
) -> None:
    _, api = hosted.serve()
    worker = hosted.worker()
    answers = []

    def ready() -> bool:
        answers.append(api.get("/readyz"))
        return bool(answers[-1].status == 200)

    until(ready, "a ready service")
    checks = {check["name"]: check["detail"] for check in answers[-1].json["checks"]}
    assert set(checks) == {"database", "migrations", "broker", "sandbox"}
    assert "on the workers: celery@" in checks["sandbox"]

    issue = submit(api, SOLVABLE)
    assert api.wait(issue) == "done", api.get(f"/v1/issues/{issue}").content
    record, grown = stored(hosted, issue)
    wanted = reference(SOLVABLE, None)
    assert_same(record, wanted)

    patch = api.get(f"/v1/issues/{issue}/patch").content
    assert b"+    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)" in patch
    assert_applies(patch, tmp_path)
    verdict = api.get(f"/v1/issues/{issue}/verdict").json
    assert (verdict["decision"], verdict["patch"].encode()) == ("patch", patch)
    assert all(rung["passed"] for rung in verdict["candidates"][0]["rungs"])

    tree = api.get(f"/v1/issues/{issue}/tree").json
    assert [
        (node["id"], node["parent"], node["trial"], node["value"], node["visits"])
        for node in tree["nodes"]
    ] == [(n, parent, trial, value, visits) for n, parent, trial, _, value, visits in grown]
    events = api.get(f"/v1/issues/{issue}/events?limit=500").json["items"]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    phases = [event["data"]["phase"] for event in events if event["kind"] == "phase"]
    assert phases == ["preparing", "searching", "verifying", "done"]
    told = [event["data"]["trial"] for event in events if event["kind"] == "trial"]
    assert sorted(told) == [trial.number for trial in wanted.trials]

    started = containers(worker)
    assert started
    assert worker.stop() == 0
    assert not present(started)
    assert "worker stopped" in worker.said


def test_search_of_a_killed_worker_ends_like_an_undisturbed_one(
    hosted: Deployment, reference: Reference
) -> None:
    _, api = hosted.serve()
    first = hosted.worker()
    issue = submit(api, UNSOLVABLE, FEW)
    leased = "SELECT count(*) FROM work_units WHERE kind = 'trial' AND state = 'leased'"
    outcomes = "SELECT count(*) FROM outcomes"
    until(lambda: count(hosted, outcomes) >= 5 and count(hosted, leased) >= 1, "a search halfway")
    left = containers(first)
    first.kill()
    assert left
    assert api.state(issue) == "searching"
    assert count(hosted, leased) >= 1

    second = hosted.worker()
    assert api.wait(issue) == "abstained", api.get(f"/v1/issues/{issue}").content
    assert not present(left)
    record, _ = stored(hosted, issue)
    assert_same(record, reference(UNSOLVABLE, FEW))
    assert count(hosted, outcomes) == count(hosted, "SELECT count(*) FROM trials") == FEW
    assert count(hosted, "SELECT count(*) FROM work_units WHERE state <> 'done'") == 0
    assert count(hosted, "SELECT max(tries) FROM work_units") == 2

    left = containers(second)
    assert second.stop() == 0
    assert not present(left)


def test_what_cannot_be_searched_says_why(hosted: Deployment) -> None:
    _, api = hosted.serve()
    hosted.worker()
    for empty in ("", " \n"):
        body = {"repo": "owner/name", "base_commit": "main", "problem_statement": empty}
        assert api.post("/v1/issues", body).status == 422
    lost = submit(api, SOLVABLE, base_commit="f" * 40)
    mute = submit(api, NEVER_RUNS)

    assert api.wait(lost) == "failed"
    assert f"has no commit {'f' * 40}" in api.get(f"/v1/issues/{lost}").json["cause"]
    refused = api.get(f"/v1/issues/{lost}/patch")
    assert (refused.status, refused.json["type"]) == (409, "urn:budwood:problem:failed")

    assert api.wait(mute) == "abstained"
    refused = api.get(f"/v1/issues/{mute}/patch")
    assert (refused.status, refused.json["type"]) == (409, "urn:budwood:problem:abstained")
    verdict = api.get(f"/v1/issues/{mute}/verdict").json
    assert verdict["reason"]
    assert verdict["reason"] in refused.json["detail"]


def test_embedded_server_stops_soon_and_goes_on_with_its_search(
    embedded: Deployment, reference: Reference
) -> None:
    first, api = embedded.serve()
    assert api.get("/readyz").status == 200
    issue = submit(api, UNSOLVABLE, FEW)
    until(
        lambda: api.get(f"/v1/issues/{issue}").json["counts"]["expanded"] >= 3, "a search halfway"
    )
    first.running.terminate()
    first.running.wait(8)
    record, _ = stored(embedded, issue)
    assert record.phase == "searching"

    _, api = embedded.serve()
    assert api.wait(issue) == "abstained"
    record, _ = stored(embedded, issue)
    assert_same(record, reference(UNSOLVABLE, FEW))


def test_posted_candidates_compete_and_the_verdict_says_whose_patch_won(
    embedded: Deployment,
) -> None:
    _, api = embedded.serve()
    files = sorted((EXAMPLES / "leap-year-patches").glob("*.patch"))
    given = [{"name": path.stem, "patch": path.read_text()} for path in files]
    issue = submit(api, SOLVABLE, candidates=[*given, {"name": "stale", "patch": "no diff"}])
    assert api.wait(issue) == "done"
    (candidate,) = api.get(f"/v1/issues/{issue}/verdict").json["candidates"]
    assert (candidate["origin"], candidate["accepted"]) == ("external:by-the-book", True)
    tree = api.get(f"/v1/issues/{issue}/tree").json
    assert [node["summary"].partition(":")[0] for node in tree["nodes"][1:]] == [
        path.stem for path in files
    ]
    (rejected,) = tree["trials"]
    assert (rejected["reason"], rejected["summary"]) == ("does_not_apply", "stale: does not apply")
