"""From a name to a folder with the commit in it."""

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agents.domain import Issue
from sandbox.states import GitStates
from service.repositories.errors import RepositoryTooLarge, UnknownCommit, UnknownRepository
from service.repositories.git import Limits, commit_of
from service.repositories.source import RepositorySource
from tests.service.repositories.gits import commit, git, new_repository

ABSENT = "0" * 40


def source(tmp_path: Path, megabytes: int = 50) -> RepositorySource:
    return RepositorySource(
        uploads=tmp_path / "uploads",
        clones=tmp_path / "clones",
        hosts=("localhost",),
        limits=Limits(megabytes, 60),
        allow_local=True,
        allow_private=True,
    )


def issue(repo: str, revision: str) -> Issue:
    return Issue(repo=repo, base_commit=revision, problem_statement="x")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A repository behind a plain web server, and its URL."""
    work = tmp_path / "www" / "work"
    new_repository(work)
    handler = partial(Quiet, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield work, f"http://localhost:{server.server_port}/work/.git"
        server.shutdown()
        thread.join()


def publish(work: Path) -> None:
    git(work, "repack", "-adq")
    git(work, "update-server-info")


def test_local_folder_is_used_where_it_lies(tmp_path: Path) -> None:
    head = new_repository(tmp_path / "r")
    found = source(tmp_path)(issue(str(tmp_path / "r"), head))
    assert found == tmp_path / "r"
    state, full = GitStates(tmp_path / "states").import_commit(found, head)
    assert full == head
    assert state


def test_missing_folder_and_upload_name_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UnknownRepository, match="is not a folder"):
        source(tmp_path).check(issue(str(tmp_path / "nope"), "main"))
    with pytest.raises(UnknownRepository, match="POST /v1/repositories first"):
        source(tmp_path).check(issue(f"upload:{'0' * 64}", "main"))


def test_clone_brings_the_commit_and_follows_branches(
    tmp_path: Path, served: tuple[Path, str]
) -> None:
    work, url = served
    first = git(work, "rev-parse", "HEAD")
    publish(work)
    clones = source(tmp_path)
    folder = clones._clone(url, first)
    assert commit_of(folder, first) == first
    second = commit(work, "two\n")
    publish(work)
    assert clones._clone(url, second) == folder
    assert commit_of(clones._clone(url, "main"), "main") == second


def test_clone_that_is_here_needs_no_network(tmp_path: Path, served: tuple[Path, str]) -> None:
    work, url = served
    head = git(work, "rev-parse", "HEAD")
    publish(work)
    source(tmp_path)._clone(url, head)
    (work / ".git").rename(work / "gone")
    assert source(tmp_path)._clone(url, head).is_dir()


def test_unknown_repository_and_commit_name_the_remedy(
    tmp_path: Path, served: tuple[Path, str]
) -> None:
    work, url = served
    publish(work)
    with pytest.raises(UnknownCommit, match=f"has no commit {ABSENT}"):
        source(tmp_path)._clone(url, ABSENT)
    with pytest.raises(UnknownRepository, match="upload it instead"):
        source(tmp_path)._clone(url.replace("work", "nope"), ABSENT)


def test_clone_over_the_limit_is_cut_off(tmp_path: Path, served: tuple[Path, str]) -> None:
    work, url = served
    (work / "big").write_bytes(os.urandom(3 << 20))
    head = commit(work, "x")
    publish(work)
    with pytest.raises(RepositoryTooLarge, match="BUDWOOD_MAX_REPOSITORY_MB"):
        source(tmp_path, megabytes=1)._clone(url, head)
