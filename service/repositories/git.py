"""git with a network, for the few calls that need one. The rest goes through `sandbox.git`.

On top of `sandbox.git`'s hardening: one protocol only, no redirects, the address that was checked
is the one that is connected to, and limits on size and time.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox import git as plain
from service.repositories.errors import RepositoryTooLarge

_LIMITED = 'ulimit -f "$1"; shift; exec "$@"'
"""A file-size limit ends a download that is too large, however it is compressed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one call."""

    megabytes: int
    seconds: float


def init(folder: Path) -> None:
    """A new bare repository."""
    folder.mkdir(parents=True, exist_ok=True)
    done = plain.run(folder, "init", "--quiet", "--bare", "--template=", str(folder))
    if done.returncode:
        raise OSError(f"git init failed: {plain.message(done)}")


def fetch(
    folder: Path,
    source: str,
    *refspecs: str,
    protocol: str,
    limits: Limits,
    settings: tuple[str, ...] = (),
    depth: int | None = None,
) -> str | None:
    """Fetch into a bare repository. None: it worked; else what git said.

    Raises: RepositoryTooLarge.
    """
    options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"]
    options += [f"--depth={depth}"] if depth else []
    allowed = [f"protocol.{protocol}.allow=always", "http.followRedirects=false",
               "transfer.fsckObjects=false", "fetch.unpackLimit=1", *settings]  # fmt: skip
    switches = [part for setting in allowed for part in ("-c", setting)]
    command = plain.command(
        folder, *switches, "fetch", *options, "--end-of-options", source, *refspecs
    )
    blocks = str(limits.megabytes * 2048)  # of 512 bytes
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", _LIMITED, "sh", blocks, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds,
            env=plain.environment({"GIT_ALLOW_PROTOCOL": protocol}),
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RepositoryTooLarge(
            f"{source} took longer than {limits.seconds:.0f} s (BUDWOOD_CLONE_S)"
        ) from error
    message = plain.message(done)
    if done.returncode and ("signal 25" in message or "File size limit" in message):
        raise RepositoryTooLarge(
            f"{source} is larger than {limits.megabytes} MB (BUDWOOD_MAX_REPOSITORY_MB)"
        )
    return message or f"git fetch ended with {done.returncode}" if done.returncode else None


def commit_of(folder: Path, revision: str) -> str | None:
    """The full id of a commit that is in the repository."""
    done = plain.run(
        folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    return done.stdout.decode().strip() if done.returncode == 0 else None
