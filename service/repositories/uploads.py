"""Repositories that callers send, kept under the hash of what was sent."""

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from sandbox import git as plain
from service.kit.database import Database
from service.repositories import git, repository
from service.repositories.archives import import_archive
from service.repositories.errors import RepositoryRefused

_BUNDLE = (b"# v2 git bundle\n", b"# v3 git bundle\n")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """`repo` is what an issue may name."""

    repo: str
    base_commit: str


@dataclass(frozen=True, slots=True)
class Uploads:
    """Safe to use from several threads and processes at once."""

    database: Database
    folder: Path
    limits: git.Limits

    def store(self, file: BinaryIO) -> Upload:
        """Idempotent: the same bytes are the same repository.

        Raises: RepositoryRefused for what is no repository; RepositoryTooLarge.
        """
        digest, size = _measure(file)
        with self.database.read() as session:
            known = repository.base_commit(session, digest)
        if known is not None and (self.folder / f"{digest}.git").is_dir():
            return Upload(f"upload:{digest}", known)
        kind, commit = self._unpack(file, digest)
        with self.database.write() as session:
            repository.add(session, digest, kind, commit, size)
        return Upload(f"upload:{digest}", commit)

    def _unpack(self, file: BinaryIO, digest: str) -> tuple[str, str]:
        """Made aside and moved into place: nobody sees half a repository."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="upload-", dir=self.folder) as name:
            made = Path(name) / "repository.git"
            git.init(made)
            kind = self._fill(file, made, Path(name))
            commit = _head(made)
            final = self.folder / f"{digest}.git"
            if not final.is_dir():
                made.rename(final)
        return kind, commit

    def _fill(self, file: BinaryIO, made: Path, scratch: Path) -> Literal["bundle", "archive"]:
        start = file.read(len(_BUNDLE[0]))
        file.seek(0)
        if start not in _BUNDLE:
            import_archive(file, made, most_bytes=self.limits.megabytes << 20)
            return "archive"
        bundle = scratch / "upload.bundle"
        with bundle.open("wb") as copy:
            shutil.copyfileobj(file, copy, _CHUNK)
        _fetch_bundle(made, bundle, self.limits)
        return "bundle"


def _fetch_bundle(made: Path, bundle: Path, limits: git.Limits) -> None:
    heads = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
    strict = ("transfer.fsckObjects=true",)
    failure = git.fetch(
        made, str(bundle), *heads, "+HEAD:refs/budwood/head",
        protocol="file", limits=limits, settings=strict,
    )  # fmt: skip
    if failure and "HEAD" in failure:
        failure = git.fetch(
            made, str(bundle), *heads, protocol="file", limits=limits, settings=strict
        )
    if failure:
        raise RepositoryRefused(
            f"the bundle cannot be read: {failure[-500:]}; make it with "
            "git bundle create repository.bundle --all HEAD"
        )


def _head(made: Path) -> str:
    """The commit that the sender's HEAD pointed at, or that of the only branch."""
    for revision in ("refs/budwood/head", "refs/heads/main", "refs/heads/master"):
        if commit := git.commit_of(made, revision):
            return commit
    listed = plain.run(made, "for-each-ref", "--format=%(objectname)", "refs/heads").stdout.split()
    if len(listed) == 1:
        return listed[0].decode()
    raise RepositoryRefused(
        "the bundle does not say which commit to start from: "
        "git bundle create repository.bundle --all HEAD"
    )


def _measure(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return digest.hexdigest(), size
