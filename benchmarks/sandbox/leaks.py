"""What is left of a benchmark after everything was closed; it should be nothing."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import docker

from benchmarks.sandbox.bench import LABEL
from sandbox import owners

_TEMPORARY = ("base-", "build-", "import-", "index-", "probe-", "rootfs-", "tmp")
_GROUPS = Path("/sys/fs/cgroup")


def count(client: docker.DockerClient, cache: Path) -> dict[str, int]:
    """Containers with our label, control groups, and temporary files, also those in the cache."""
    mine: dict[str, str | list[str] | bool] = {"label": f"{LABEL}={owners.me()}"}
    groups = {path.resolve() for path in _GROUPS.glob(f"**/budwood-{os.getpid()}-*")}
    return {
        "containers": len(client.containers.list(all=True, filters=mine)),
        "cgroups": len(groups),
        "temporary": len([*Path(tempfile.gettempdir()).iterdir(), *_unfinished(cache)]),
    }


def _unfinished(cache: Path) -> Iterator[Path]:
    """What the sandboxes were still writing."""
    for folder in (cache, cache / "states", cache / "environments", cache / "bases"):
        if folder.is_dir():
            yield from (path for path in folder.iterdir() if path.name.startswith(_TEMPORARY))
