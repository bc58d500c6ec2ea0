"""From an issue's ``repo`` to a git repository on this machine that holds its commit."""

import fcntl
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from agents.domain import Issue
from service.repositories import git
from service.repositories.addresses import Resolve, pinned, resolve
from service.repositories.errors import UnknownCommit, UnknownRepository
from service.repositories.names import Name, check_revision, parse_name

_FULL_HASH = re.compile(r"[0-9a-f]{40}")
_HEADS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


@dataclass(frozen=True, slots=True)
class RepositorySource:
    """Safe to use from several threads and processes at once."""

    uploads: Path
    """Bare repositories, each named by the hash of its upload."""
    clones: Path
    hosts: tuple[str, ...]
    limits: git.Limits
    allow_local: bool = False
    allow_private: bool = False
    resolve: Resolve = resolve

    def check(self, issue: Issue) -> None:
        """What can be said without the network. Raises: RepositoryRefused, UnknownRepository."""
        name = self._name(issue)
        if name.kind != "remote":
            self._folder(name)

    def __call__(self, issue: Issue) -> Path:
        """Raises: RepositoryRefused, UnknownRepository, UnknownCommit, RepositoryTooLarge."""
        name = self._name(issue)
        if name.kind == "remote":
            return self._clone(name.value, issue.base_commit)
        folder = self._folder(name)
        if name.kind == "upload" and git.commit_of(folder, issue.base_commit) is None:
            raise _no_commit(issue.repo, issue.base_commit)
        return folder

    def _name(self, issue: Issue) -> Name:
        check_revision(issue.base_commit)
        return parse_name(issue.repo, hosts=self.hosts, allow_local=self.allow_local)

    def _folder(self, name: Name) -> Path:
        folder = self.uploads / f"{name.value}.git" if name.kind == "upload" else Path(name.value)
        if folder.is_dir():
            return folder
        if name.kind == "upload":
            raise UnknownRepository(
                f"no repository upload:{name.value} is here: POST /v1/repositories first"
            )
        raise UnknownRepository(
            f"{folder} is not a folder on this machine: give the path of a git repository"
        )

    def _clone(self, url: str, revision: str) -> Path:
        folder = self.clones / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.git"
        with _locked(folder):
            if not (folder / "HEAD").is_file():
                git.init(folder)
            if _needs_fetch(folder, revision):
                self._fetch(folder, url, revision)
            if git.commit_of(folder, revision) is None:
                raise _no_commit(url, revision)
        return folder

    def _fetch(self, folder: Path, url: str, revision: str) -> None:
        """One commit where its full hash is known and the server gives it; else all branches."""
        scheme, host = urlsplit(url).scheme, urlsplit(url).hostname or ""
        pin = pinned(host, allow_private=self.allow_private, resolve=self.resolve)
        if _FULL_HASH.fullmatch(revision):
            wanted = f"+{revision}:refs/budwood/{revision}"
            if git.fetch(folder, url, wanted, protocol=scheme, limits=self.limits, settings=pin,
                         depth=1) is None:  # fmt: skip
                return
        failure = git.fetch(folder, url, *_HEADS, protocol=scheme, limits=self.limits, settings=pin)
        if failure:
            raise UnknownRepository(
                f"{url} cannot be cloned: it does not exist, needs a password, or moved; "
                f"upload it instead. git says: {failure[-500:]}"
            )


def _needs_fetch(folder: Path, revision: str) -> bool:
    """A hash stays what it is; a branch may have moved."""
    return not (_FULL_HASH.fullmatch(revision) and git.commit_of(folder, revision))


def _no_commit(repo: str, revision: str) -> UnknownCommit:
    return UnknownCommit(
        f"{repo} has no commit {revision}: give one that is on a branch or tag of it"
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time; the lock ends with the process."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
