"""The one hardened way to run the git binary.

Repositories are hostile: their hooks, file-system monitors, filters and remote helpers are
programs. So git never reads a configuration that someone else wrote, never speaks a network
protocol, never inherits the user's environment (`GIT_DIR`, `GIT_INDEX_FILE`, …), and always gets
its repository by name.
"""

import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sandbox.errors import SandboxUnavailable

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.autocrlf=false",
    "core.safecrlf=false",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "core.quotePath=true",
    "protocol.allow=never",
    "protocol.ext.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
    "apply.whitespace=nowarn",
    "apply.ignoreWhitespace=no",
)

_BOUNDED = 'ulimit -d "$1" && shift && exec "$@"'

_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    # A missing object of a partial clone would start a fetch, and so a program that its
    # configuration names; no protocol of this name exists. Older git ignores GIT_NO_LAZY_FETCH.
    "GIT_ALLOW_PROTOCOL": "none",
}


@cache
def binary() -> str:
    """Where git is. Raises: SandboxUnavailable."""
    found = shutil.which("git")
    if found is None:
        raise SandboxUnavailable("git is not on PATH; install it (Debian: apt-get install git)")
    return found


def command(git_dir: Path, *arguments: str) -> list[str]:
    """The argument vector of one git call on the repository folder `git_dir`."""
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    location = ["--literal-pathspecs", "--no-pager", f"--git-dir={git_dir}"]
    return [binary(), *settings, *location, *arguments]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment that git gets; nothing of the caller's own leaks in."""
    return {**_ENVIRONMENT, **(extra or {})}


def run(
    git_dir: Path,
    *arguments: str,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    memory_mb: int | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run git to its end; the caller judges the return code.

    `memory_mb` bounds what git may allocate (MiB): a few kilobytes of a diff unpack to gigabytes.

    Raises: SandboxUnavailable when there is no git.
    """
    bounded = () if memory_mb is None else ("/bin/sh", "-c", _BOUNDED, "sh", str(memory_mb << 10))
    return subprocess.run(
        [*bounded, *command(git_dir, *arguments)],
        input=stdin,
        capture_output=True,
        env=environment(env),
        cwd="/",
        check=False,
    )


def message(done: subprocess.CompletedProcess[bytes]) -> str:
    """What git said on its error stream, as text."""
    return done.stderr.decode("utf-8", "replace").strip()
