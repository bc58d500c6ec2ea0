"""The images that Budwood has made in a Docker daemon: how many, how large, and removing them.

An image is as recently used as its environment in the cache. What another cache of this machine
made today counts as in use: nobody here can know.
"""

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import docker
from docker.errors import APIError, DockerException

from sandbox import prune, uses
from sandbox.errors import SandboxUnavailable
from sandbox.images.host_rootfs import FORMAT
from sandbox.protocol import EnvironmentId
from sandbox.prune import GB, KEEP_GB, Kept

REPOSITORY = "budwood/host"
"""Where images that were put together from this machine's files are tagged."""

_SOCKET = Path("/var/run/docker.sock")
_OTHERS_S = 86_400.0


class Api(Protocol):
    """What is needed of `docker.APIClient`."""

    def images(self, name: str) -> list[dict[str, Any]]: ...

    def containers(self, *, all: bool) -> list[dict[str, Any]]: ...  # noqa: A002 - theirs

    def remove_image(self, image: str) -> object: ...

    def info(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Daemon:
    """What a daemon says of itself."""

    version: str
    runtime: str
    runtimes: tuple[str, ...]
    security: tuple[str, ...]
    """Such as ``seccomp``, ``apparmor``, ``rootless``, ``userns``."""


@contextlib.contextmanager
def daemon(host: str | None = None) -> Iterator[Api]:
    """The daemon at an address, else the local one.

    Raises: SandboxUnavailable, also for what fails within the block.
    """
    if host is None and not _SOCKET.exists():
        raise SandboxUnavailable(f"Docker does not answer: no socket {_SOCKET}")
    try:
        with contextlib.closing(docker.APIClient(base_url=host, timeout=60)) as client:
            yield client
    except (DockerException, OSError) as error:
        raise SandboxUnavailable(f"Docker does not answer: {error}") from error


def about(api: Api) -> Daemon:
    """The daemon's version, runtimes and security options."""
    info = api.info()
    options = [dict(part.partition("=")[::2] for part in option.split(","))
               for option in info.get("SecurityOptions") or ()]  # fmt: skip
    return Daemon(
        version=str(info.get("ServerVersion", "unknown")),
        runtime=str(info.get("DefaultRuntime", "unknown")),
        runtimes=tuple(sorted(info.get("Runtimes") or ())),
        security=tuple(option.get("name", "unknown") for option in options),
    )


def tag_of(environment: EnvironmentId) -> str:
    """The image of an environment."""
    return f"{REPOSITORY}:{FORMAT}-{environment}"


def stored(api: Api, cache: Path) -> list[Kept]:
    """Our images by tag, the longest unused first; those of older formats before all others."""
    running = {str(found["ImageID"]) for found in api.containers(all=True)}
    found = [
        _kept(tag, image, running, cache)
        for image in api.images(REPOSITORY)
        for tag in image.get("RepoTags") or ()
        if tag.startswith(f"{REPOSITORY}:")
    ]
    return sorted(found, key=lambda kept: kept.used_at)


def remove(api: Api, going: Iterable[Kept]) -> list[Kept]:
    """Remove images; answer those that the daemon has let go."""
    gone: list[Kept] = []
    for one in going:
        # A container that was started meanwhile keeps its image; another process may be faster.
        with contextlib.suppress(APIError):
            api.remove_image(one.name)
            gone.append(one)
    return gone


def prune_images(api: Api, cache: Path, keep: int = int(KEEP_GB * GB)) -> Sequence[Kept]:
    """Bring our images under `keep` bytes; answer what was removed."""
    return remove(api, prune.surplus(stored(api, cache), keep))


def _kept(tag: str, image: Mapping[str, Any], running: set[str], cache: Path) -> Kept:
    layout, _, environment = tag.partition(":")[2].partition("-")
    folder = cache.resolve() / "environments" / environment
    made = float(image.get("Created", 0))
    known = bool(environment) and (folder.is_dir() or uses.use_file(folder).exists())
    foreign = not known and time.time() - made < _OTHERS_S
    outdated = layout != FORMAT
    held = not outdated and (foreign or (known and uses.in_use(folder)))
    used = uses.last_use(folder) if known else made
    return Kept(
        kind="image",
        name=tag,
        size=int(image.get("Size", 0)),
        used_at=0.0 if outdated else used,
        in_use=held or str(image["Id"]) in running,
    )
