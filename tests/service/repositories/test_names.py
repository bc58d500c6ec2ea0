"""Which names lead anywhere, and which never do."""

import pytest

from service.repositories.addresses import pinned
from service.repositories.errors import RepositoryRefused
from service.repositories.names import Name, check_revision, parse_name

HOSTS = ("github.com", "gitlab.com")


def parse(repo: str, *, allow_local: bool = False) -> Name:
    return parse_name(repo, hosts=HOSTS, allow_local=allow_local)


@pytest.mark.parametrize(
    ("repo", "url"),
    [
        ("psf/requests", "https://github.com/psf/requests"),
        ("https://gitlab.com/group/sub/name.git", "https://gitlab.com/group/sub/name.git"),
        ("https://GitHub.com/a/b/", "https://github.com/a/b"),
    ],
)
def test_remote_names(repo: str, url: str) -> None:
    assert parse(repo) == Name("remote", url)


def test_upload_name() -> None:
    assert parse(f"upload:{'0a' * 32}") == Name("upload", "0a" * 32)


@pytest.mark.parametrize(
    "repo",
    [
        "file:///etc", "ext::sh -c touch% /tmp/x", "--upload-pack=x", "-u/x", "git://github.com/a/b",
        "ssh://git@github.com/a/b", "git@github.com:a/b", "http://github.com/a/b", "",
        "https://evil.example/a/b", "https://github.com.evil.example/a/b", "a/b/c", "a", "a/-b\n",
        "https://user@github.com/a/b", "https://github.com:8443/a/b", "https://github.com/a/b?x=1",
        "https://github.com/a/b#x", "https://github.com/", "https://github.com/a/../../b",
        "https://github.com\\@evil.example/a", "https://[::1]/a/b", "https://127.0.0.1/a/b",
        "https://github.com/a b", "https://github.com/--x/y\n", "upload:xyz", "https://[/a/b",
        "https://github.com:99999/a/b", "/etc", "./here", "~/there", "..",
    ],
)  # fmt: skip
def test_names_that_are_refused(repo: str) -> None:
    with pytest.raises(RepositoryRefused):
        parse(repo)


def test_local_path_only_where_allowed(tmp_path: object) -> None:
    assert parse(str(tmp_path), allow_local=True) == Name("local", str(tmp_path))


@pytest.mark.parametrize("revision", ["a" * 40, "main", "v1.0", "release/2.x", "HEAD"])
def test_revisions(revision: str) -> None:
    check_revision(revision)


@pytest.mark.parametrize(
    "revision", ["", "--all", "a..b", "a b", "a:b", "a^{/x}", "x" * 300, "a\n"]
)
def test_revisions_that_are_refused(revision: str) -> None:
    with pytest.raises(RepositoryRefused):
        check_revision(revision)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "fe80::1", "fd00::1"],
)
def test_inner_addresses_are_refused(address: str) -> None:
    with pytest.raises(RepositoryRefused, match="not a public address"):
        pinned("github.com", allow_private=False, resolve=lambda _: ["140.82.121.4", address])


def test_git_is_pinned_to_the_addresses_that_were_checked() -> None:
    found = pinned(
        "github.com", allow_private=False, resolve=lambda _: ["140.82.121.4", "2606:50c0:8000::154"]
    )
    assert found == ("http.curloptResolve=github.com:443:140.82.121.4,[2606:50c0:8000::154]",)
