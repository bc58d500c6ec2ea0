"""A container for every command: `docker run --rm`, hardened as our warm containers are."""

import subprocess

from benchmarks.sandbox.bench import Bench

_TMPFS = "rw,nosuid,nodev,exec,nr_inodes=200000,size=512m"
_MINE = f"{_TMPFS},uid=1000,gid=1000,mode=755"
_LIMITS = [
    *("--network", "none", "--ipc", "private", "--log-driver", "none"),
    *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--pids-limit", "512", "--memory", "2g", "--memory-swap", "2g", "--cpus", "2"),
    *("--tmpfs", f"/tmp:{_TMPFS},mode=1777"),  # noqa: S108 - in the container
]
HARDENED = [
    *_LIMITS,
    *("--read-only", "--user", "1000:1000"),
    *("--tmpfs", f"/workspace:{_MINE}", "--tmpfs", f"/home:{_MINE}"),
]
"""Everything that ours has."""

WRITABLE = _LIMITS
"""The same on the image's own files, which a user's edits then go into: no copy is made."""


def command(bench: Bench, *argv: str, flags: list[str], folder: str = "/") -> list[str]:
    """The argument vector of one `docker run`."""
    return [
        *("docker", "run", "--rm", "-i", "--pull", "never"),
        *(*bench.labels, *flags, "--workdir", folder, bench.image, *argv),
    ]


def run(command: list[str], stdin: bytes = b"") -> None:
    """Run it to its end. Raises: CalledProcessError."""
    subprocess.run(command, input=stdin, capture_output=True, check=True)
