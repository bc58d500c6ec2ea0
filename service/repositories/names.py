"""What an issue's ``repo`` may be, decided by its text alone."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from service.repositories.errors import RepositoryRefused

_UPLOAD = re.compile(r"upload:([0-9a-f]{64})")
_OWNER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9_.-]+")
_PATH = re.compile(r"(/[A-Za-z0-9_~+-][A-Za-z0-9_.~+-]*)+/?")
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}")


@dataclass(frozen=True, slots=True)
class Name:
    """`value` is a hash, a URL, or a path."""

    kind: Literal["upload", "remote", "local"]
    value: str


def parse_name(repo: str, *, hosts: tuple[str, ...], allow_local: bool) -> Name:
    """Raises: RepositoryRefused."""
    if not repo.isprintable():  # URL parsers drop some of what is not, silently
        raise RepositoryRefused(f"{repo[:200]!r} holds characters that cannot be printed")
    if upload := _UPLOAD.fullmatch(repo):
        return Name("upload", upload[1])
    if repo.startswith(("/", ".", "~")):
        return _local(repo, allow_local=allow_local)
    if repo.startswith("https://"):
        return _remote(repo, hosts)
    if _OWNER_NAME.fullmatch(repo):
        return _remote(f"https://github.com/{repo}", hosts)
    raise RepositoryRefused(
        f"{repo[:200]!r} cannot be used as a repository: give {'a folder, ' * allow_local}"
        f"owner/name, an https URL on {', '.join(hosts)}, or upload:<sha256> after POST "
        "/v1/repositories"
    )


def check_revision(revision: str) -> None:
    """Raises: RepositoryRefused for what cannot be the name of a commit."""
    if not _REVISION.fullmatch(revision) or ".." in revision:
        raise RepositoryRefused(
            f"{revision[:200]!r} is not a commit: give its hash, or a branch or tag"
        )


def _local(repo: str, *, allow_local: bool) -> Name:
    if not allow_local:
        raise RepositoryRefused(
            "paths on the server are not allowed here: upload the repository with "
            "POST /v1/repositories, or set BUDWOOD_ALLOW_LOCAL_REPOSITORIES=true"
        )
    return Name("local", str(Path(repo).expanduser().resolve()))


def _remote(url: str, hosts: tuple[str, ...]) -> Name:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RepositoryRefused(f"{url[:200]!r} is not a URL: {error}") from error
    plain = not (parts.query or parts.fragment or parts.username or parts.password) and port is None
    if not plain or not _PATH.fullmatch(parts.path) or "@" in parts.netloc:
        raise RepositoryRefused(
            f"{url[:200]!r}: give https://HOST/PATH, without port, user, query or fragment"
        )
    if parts.hostname not in hosts:
        raise RepositoryRefused(
            f"repositories are not cloned from {parts.hostname}; allowed: {', '.join(hosts)} "
            "(BUDWOOD_REPOSITORY_HOSTS)"
        )
    return Name("remote", f"https://{parts.hostname}{parts.path.rstrip('/')}")
