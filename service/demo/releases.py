"""Published releases as git repositories: fetch, check, unpack, commit. No network when cached."""

import hashlib
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from service.demo.package_index import NotOnIndex, download

SETTINGS = ("core.hooksPath=/dev/null", "core.attributesFile=/dev/null", "core.autocrlf=false")
IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (
        ("NAME", "Budwood"),
        ("EMAIL", "demo@budwood.invalid"),
        ("DATE", "2000-01-01T00:00:00+0000"),
    )
}


class ReleaseUnavailable(Exception):
    """A pinned release could not be had; the message names it and says what to do."""


@dataclass(frozen=True)
class Release:
    package: str
    version: str
    sha256: str

    def unavailable(self, reason: object) -> ReleaseUnavailable:
        return ReleaseUnavailable(f"{self.package} {self.version} cannot be had: {reason}")


@dataclass(frozen=True)
class Checkout:
    path: Path
    commit: str


def check_out(release: Release, into: Path, cache: Path, environ: Mapping[str, str]) -> Checkout:
    """Make `into` a repository with one commit, whose hash is the same on every machine.

    Raises: ReleaseUnavailable as `fetch` does, or if the archive is not safe to unpack;
    FileExistsError if `into` exists; FileNotFoundError without git; CalledProcessError from it.
    """
    if into.exists():
        raise FileExistsError(into)
    archive = fetch(release, cache, environ)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent) as scratch:
        tree = _unpack(release, archive, Path(scratch))
        commit = commit_tree(tree, f"{release.package} {release.version}", environ)
        tree.rename(into)
    return Checkout(into, commit)


def checked_out(into: Path) -> Checkout | None:
    """What an earlier `check_out` left at `into`; None when there is nothing whole."""
    head = ["git", "-C", str(into), "rev-parse", "HEAD"]
    if not (into / ".git").is_dir():
        return None
    done = subprocess.run(head, capture_output=True, text=True, check=False)
    return None if done.returncode else Checkout(into, done.stdout.strip())


def fetch(release: Release, cache: Path, environ: Mapping[str, str]) -> Path:
    """The sdist in `cache`, downloaded unless the one there has the pinned hash.

    Raises: ReleaseUnavailable if the index that pip is configured for does not give it.
    """
    path = cache / f"{release.package}-{release.version}.tar.gz"
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == release.sha256:
        return path
    try:
        content = download(release.package, release.sha256, environ)
    except NotOnIndex as error:
        raise release.unavailable(error) from error
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        partial = Path(scratch, path.name)
        partial.write_bytes(content)
        partial.replace(path)
    return path


def _unpack(release: Release, archive: Path, into: Path) -> Path:
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(into, filter=_without_git)  # noqa: S202  the filter is the safe one
    except tarfile.TarError as error:
        raise release.unavailable(f"{error}; pin another one") from error
    trees = list(into.iterdir())
    if len(trees) != 1 or not trees[0].is_dir():
        raise release.unavailable("the archive is not one folder; pin another one")
    return trees[0]


def _without_git(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo | None:
    if any(part.casefold() == ".git" for part in PurePosixPath(member.name).parts):
        return None
    return tarfile.data_filter(member, path)


def commit_tree(tree: Path, message: str, environ: Mapping[str, str]) -> str:
    own = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    own |= IDENTITY | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    options = [word for setting in SETTINGS for word in ("-c", setting)]

    def git(*words: str) -> str:
        command = ["git", *options, *words]
        done = subprocess.run(
            command, cwd=tree, env=own, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    git("init", "--quiet", "--template=", "--object-format=sha1", "--initial-branch=main")
    git("config", "core.autocrlf", "false")
    git("add", "--all", "--force")
    git("commit", "--quiet", "--no-verify", f"--message={message}")
    return git("rev-parse", "HEAD")
