import hashlib
import io
import json
import os
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from service.demo import package_index
from service.demo.releases import Release, ReleaseUnavailable, check_out, fetch

JSON = "application/vnd.pypi.simple.v1+json"
FILES = {
    "pkg-1.0/pkg.py": b"ONE = 1\r\n",
    "pkg-1.0/build/kept.txt": b"",
    "pkg-1.0/.gitignore": b"build\n",
}


def sdist(files: Mapping[str, bytes] = FILES) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def pinned(content: bytes) -> Release:
    return Release("Some.Pkg", "1.0", hashlib.sha256(content).hexdigest())


@dataclass
class Index:
    """A simple index on this machine: what it serves, and which paths were asked for."""

    url: str = ""
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failures: int = 0

    def offer(self, content: bytes, sha256: str, *, as_json: bool = True) -> None:
        link = "../../files/some_pkg-1.0.tar.gz"
        listed = {
            "files": [
                {"url": "../../files/x", "hashes": {}},
                {"url": link, "hashes": {"sha256": sha256}},
            ]
        }
        anchor = f'<a href="{link}?a=1&amp;b=2#sha256={sha256}">some_pkg-1.0.tar.gz</a>'
        page = (JSON, json.dumps(listed).encode()) if as_json else ("text/html", anchor.encode())
        self.pages["/simple/some-pkg/"] = page
        self.pages["/files/some_pkg-1.0.tar.gz"] = ("application/gzip", content)

    def answer(self, path: str) -> tuple[int, str, bytes]:
        self.asked.append(path)
        if self.failures:
            self.failures -= 1
            return 503, "text/plain", b""
        found = self.pages.get(path.partition("?")[0])
        return (200, *found) if found else (404, "text/plain", b"")


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(package_index, "PAUSES", (0.0, 0.0))
    state = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content_type, body = state.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_port}/simple"
        yield state
        server.shutdown()
        thread.join()


@pytest.fixture
def environ(index: Index) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PIP_INDEX_URL": index.url, "PIP_CERT": ""}


@pytest.mark.parametrize("as_json", [True, False], ids=["JSON", "HTML"])
def test_a_release_is_found_by_its_hash_on_either_form_of_index(
    index: Index, environ: dict[str, str], tmp_path: Path, as_json: bool
) -> None:
    content = sdist()
    index.offer(content, pinned(content).sha256, as_json=as_json)
    assert fetch(pinned(content), tmp_path, environ).read_bytes() == content


def test_a_second_fetch_asks_nobody(index: Index, environ: dict[str, str], tmp_path: Path) -> None:
    content = sdist()
    index.offer(content, pinned(content).sha256)
    fetch(pinned(content), tmp_path, environ)
    index.asked.clear()
    fetch(pinned(content), tmp_path, environ)
    assert index.asked == []


def test_a_cached_file_with_another_hash_is_replaced(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    content = sdist()
    index.offer(content, pinned(content).sha256)
    path = fetch(pinned(content), tmp_path, environ)
    path.write_bytes(content[:9])
    assert fetch(pinned(content), tmp_path, environ).read_bytes() == content


def test_a_file_with_another_hash_than_listed_is_refused_and_nothing_is_left(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    release = pinned(sdist())
    index.offer(b"something else", release.sha256)
    with pytest.raises(ReleaseUnavailable, match=r"^Some\.Pkg 1\.0 .*another hash"):
        fetch(release, tmp_path, environ)
    assert list(tmp_path.iterdir()) == []


def test_an_index_without_the_pinned_file_is_named_as_the_reason(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    index.offer(sdist(), "0" * 64)
    with pytest.raises(ReleaseUnavailable, match="no file with the pinned hash; use"):
        fetch(pinned(sdist()), tmp_path, environ)


def test_a_passing_failure_is_tried_again(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    content = sdist()
    index.offer(content, pinned(content).sha256)
    index.failures = 2
    assert fetch(pinned(content), tmp_path, environ).read_bytes() == content


def test_a_failure_that_does_not_pass_ends_in_a_remedy(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    index.failures = 3
    with pytest.raises(ReleaseUnavailable, match=r"503.*check the network"):
        fetch(pinned(b""), tmp_path, environ)


def test_a_project_the_index_does_not_know_is_asked_for_once(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ReleaseUnavailable, match="404"):
        fetch(pinned(b""), tmp_path, environ)
    assert index.asked == ["/simple/some-pkg/"]


def test_no_password_of_an_index_address_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(package_index, "PAUSES", ())
    environ = {"PIP_INDEX_URL": "http://me:secret@127.0.0.1/simple", "PIP_CERT": ""}
    with pytest.raises(ReleaseUnavailable) as raised:
        fetch(pinned(b""), tmp_path, environ)
    assert "secret" not in str(raised.value)


def test_an_index_that_is_no_web_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseUnavailable, match="set PIP_INDEX_URL"):
        fetch(pinned(b""), tmp_path, {"PIP_INDEX_URL": "file:///etc/passwd"})


def test_without_a_variable_the_index_of_pips_own_configuration_is_read(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    content = sdist()
    index.offer(content, pinned(content).sha256)
    configuration = tmp_path / "pip.conf"
    configuration.write_text(f"[global]\nindex-url = {index.url}\n")
    del environ["PIP_INDEX_URL"]
    environ["PIP_CONFIG_FILE"] = str(configuration)
    assert fetch(pinned(content), tmp_path / "cache", environ).read_bytes() == content


def offered(index: Index, files: Mapping[str, bytes] = FILES) -> Release:
    content = sdist(files)
    index.offer(content, pinned(content).sha256)
    return pinned(content)


def test_the_commit_is_the_same_whenever_and_wherever_it_is_made(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    release = offered(index)
    ours = {
        "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z",
        "GIT_DIR": str(tmp_path / "no"),
        "TZ": "Asia/Tokyo",
    }
    first = check_out(release, tmp_path / "one", tmp_path / "cache", environ)
    second = check_out(release, tmp_path / "deeper" / "two", tmp_path / "cache", environ | ours)
    assert first.commit == second.commit == "3bc7782ffa406316f6ce27afc23fd2b66fd48791"


def test_all_files_are_committed_byte_for_byte_even_ignored_ones(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    made = check_out(offered(index), tmp_path / "tree", tmp_path / "cache", environ)
    for name, content in FILES.items():
        command = ["git", "show", f"{made.commit}:{name.removeprefix('pkg-1.0/')}"]
        assert subprocess.check_output(command, cwd=made.path) == content
    assert subprocess.check_output(["git", "status", "--porcelain"], cwd=made.path) == b""


def test_a_git_folder_in_the_archive_is_not_taken_over(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    hostile = {"pkg-1.0/.git/hooks/pre-commit": b"exit 1", "pkg-1.0/sub/.GIT/config": b"", **FILES}
    made = check_out(offered(index, hostile), tmp_path / "tree", tmp_path / "cache", environ)
    assert not (made.path / ".git" / "hooks").exists()
    assert not (made.path / "sub").exists()


@pytest.mark.parametrize("name", ["../outside", "pkg-1.0/../../outside"])
def test_an_archive_that_climbs_out_is_refused_and_nothing_is_left(
    index: Index, environ: dict[str, str], tmp_path: Path, name: str
) -> None:
    release = offered(index, {**FILES, name: b""})
    with pytest.raises(ReleaseUnavailable, match="outside the destination"):
        check_out(release, tmp_path / "trees" / "tree", tmp_path / "cache", environ)
    assert list((tmp_path / "trees").iterdir()) == []
    assert not (tmp_path / "outside").exists()


def test_an_archive_of_several_folders_is_refused(
    index: Index, environ: dict[str, str], tmp_path: Path
) -> None:
    release = offered(index, {**FILES, "other/file": b""})
    with pytest.raises(ReleaseUnavailable, match="not one folder"):
        check_out(release, tmp_path / "tree", tmp_path / "cache", environ)


def test_what_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        check_out(pinned(b""), tmp_path, tmp_path / "cache", {})
