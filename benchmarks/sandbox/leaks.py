"""What is left of a benchmark after everything was closed; it should be nothing."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import docker

from benchmarks.sandbox.bench import LABEL
from sandbox import owners

_TEMPORARY = ("base-", "build-", "import-", "index-", "probe-", "rootfs-", "tmp")
_GROUPS = Path("/sys/fs/cgroup")
_PATIENCE_S = 10.0


def count(client: docker.DockerClient, cache: Path) -> dict[str, int]:
    """What stays, a while after closing: the daemon may still be removing what it was told to."""
    deadline = time.monotonic() + _PATIENCE_S
    while any((left := _count(client, cache)).values()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


def _count(client: docker.DockerClient, cache: Path) -> dict[str, int]:
    """Containers with our label, control groups, and temporary files, also those in the cache."""
    mine: dict[str, str | list[str] | bool] = {"label": f"{LABEL}={owners.me()}"}
    name = f"budwood-{os.getpid()}-"
    # Other processes' groups come and go meanwhile; a walk passes over what has gone.
    found = (group for _, groups, _ in os.walk(_GROUPS) for group in groups)
    return {
        "containers": len(client.containers.list(all=True, filters=mine)),
        "cgroups": sum(group.startswith(name) for group in found),
        "temporary": len([*Path(tempfile.gettempdir()).iterdir(), *_unfinished(cache)]),
    }


def _unfinished(cache: Path) -> Iterator[Path]:
    """What the sandboxes were still writing."""
    for folder in (cache, cache / "states", cache / "environments", cache / "bases"):
        if folder.is_dir():
            yield from (path for path in folder.iterdir() if path.name.startswith(_TEMPORARY))
