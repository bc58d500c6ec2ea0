"""POST /v1/repositories."""

import io
import os
import tarfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from agents.domain import Issue
from sandbox.states import GitStates
from service.bootstrap import build_source
from service.config import Settings
from tests.service.repositories.gits import bundle, commit, new_repository


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough here, except where a test says otherwise."""
    return sqlite_url


def send(client: TestClient, content: bytes) -> tuple[int, dict[str, str]]:
    answer = client.post("/v1/repositories", files={"file": ("r", content)})
    return answer.status_code, answer.json()


def tar(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for member, content in members:
            member.size = len(content) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def member(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o644
) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.mode = kind, link, mode
    return found


def imported(settings: Settings, tmp_path: Path, told: dict[str, str]) -> dict[str, bytes | None]:
    """What a search would see of an upload."""
    issue = Issue(repo=told["repo"], base_commit=told["base_commit"], problem_statement="x")
    states = GitStates(tmp_path / "states")
    state, _ = states.import_commit(build_source(settings)(issue), issue.base_commit)
    return {path: states.read(state, path) for path in states.paths(state)}


def test_bundle_is_kept_with_its_history(
    client: TestClient, settings: Settings, tmp_path: Path
) -> None:
    first = new_repository(tmp_path / "r")
    second = commit(tmp_path / "r", "two\n")
    status, told = send(client, bundle(tmp_path / "r"))
    assert (status, told["base_commit"]) == (201, second)
    assert imported(settings, tmp_path, told) == {"m.py": b"two\n"}
    assert imported(settings, tmp_path, {**told, "base_commit": first}) == {"m.py": b"one\n"}


def test_bundle_of_one_branch_starts_there(client: TestClient, tmp_path: Path) -> None:
    head = new_repository(tmp_path / "r")
    assert send(client, bundle(tmp_path / "r", "main")) == (
        201, {"repo": send(client, bundle(tmp_path / "r", "main"))[1]["repo"], "base_commit": head}
    )  # fmt: skip


def test_archive_becomes_one_commit(client: TestClient, settings: Settings, tmp_path: Path) -> None:
    content = tar(
        (member("pkg", tarfile.DIRTYPE), b""),
        (member("./pkg/a.py"), b"x = 1\n"),
        (member('pkg/odd "name"\\.py'), b"\x00\xff"),
        (member("run.sh", mode=0o755), b"#!/bin/sh\n"),
        (member("empty"), b""),
    )
    status, told = send(client, content)
    assert status == 201
    assert imported(settings, tmp_path, told) == {
        "pkg/a.py": b"x = 1\n",
        'pkg/odd "name"\\.py': b"\x00\xff",
        "run.sh": b"#!/bin/sh\n",
        "empty": b"",
    }


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_compression_is_read(client: TestClient, mode: str) -> None:
    assert send(client, tar((member("a"), b"1"), mode=mode))[0] == 201


def test_same_upload_is_the_same_repository(client: TestClient) -> None:
    content = tar((member("a"), b"1"))
    assert send(client, content) == send(client, content)


@pytest.mark.parametrize(
    "bad",
    [
        member("../outside"), member("/etc/passwd"), member("a/../../b"), member(".git/config"),
        member("sub/.GIT/hooks/x"), member("pipe", tarfile.FIFOTYPE), member("dev", tarfile.CHRTYPE),
        member("hard", tarfile.LNKTYPE, "/etc/passwd"),
    ],
)  # fmt: skip
def test_unsafe_members_are_refused(
    client: TestClient, settings: Settings, bad: tarfile.TarInfo
) -> None:
    status, told = send(client, tar((member("a"), b"1"), (bad, b"x" if bad.isreg() else b"")))
    assert status == 422
    assert told["type"] == "urn:budwood:problem:bad-repository"
    assert list((settings.data_dir / "repositories").iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"# v2 git bundle\nrubbish", b"\x1f\x8b\x08broken"]
)
def test_rubbish_is_refused_with_the_remedy(client: TestClient, content: bytes) -> None:
    status, told = send(client, content)
    assert status == 422
    assert "bundle" in told["detail"]


def test_bundle_that_lacks_history_is_refused(client: TestClient, tmp_path: Path) -> None:
    new_repository(tmp_path / "r")
    commit(tmp_path / "r", "two\n")
    assert send(client, bundle(tmp_path / "r", "main~1..main"))[0] == 422


def test_archive_that_unpacks_to_too_much_is_refused(client: TestClient) -> None:
    status, told = send(client, tar((member("zeros"), bytes(3 << 20))))
    assert status == 413
    assert "BUDWOOD_MAX_REPOSITORY_MB" in told["detail"]


def test_upload_over_the_limit_is_refused(client: TestClient) -> None:
    status, told = send(client, os.urandom(3 << 20))
    assert status == 413
    assert told["type"] == "urn:budwood:problem:too-large"


def test_issue_may_name_an_upload(client: TestClient) -> None:
    _, told = send(client, tar((member("a"), b"1")))
    answer = client.post("/v1/issues", json={**told, "problem_statement": "x"})
    assert answer.status_code == 202
