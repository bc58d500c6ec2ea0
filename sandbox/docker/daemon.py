"""The connection to a Docker daemon, and what its failures are called."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import docker
from docker.errors import DockerException

from sandbox.errors import EnvironmentBuildFailed, SandboxLost, SandboxUnavailable

_REMEDY = (
    "start the Docker daemon and let this user reach it (systemctl start docker; "
    "usermod -aG docker $USER), or use bubblewrap"
)
_SOCKET = "unix:///var/run/docker.sock"


@contextlib.contextmanager
def daemon(
    what: str,
    kind: type[SandboxUnavailable | SandboxLost | EnvironmentBuildFailed] = SandboxUnavailable,
) -> Iterator[None]:
    """Turn the library's errors (the HTTP client's are OSErrors) into ours."""
    try:
        yield
    except (DockerException, OSError) as error:
        raise kind(f"{what}: {error}. {_REMEDY}") from error


def connect(host: str | None, threads: int) -> docker.DockerClient:
    """A client of a daemon that answers; the usual one where `host` is None.

    As many threads may use it at once: with fewer connections urllib3 closes some under their users.

    Raises: SandboxUnavailable.
    """
    address = Path((host or _SOCKET).removeprefix("unix://"))
    if address.is_absolute() and not address.exists():
        raise SandboxUnavailable(f"Docker does not answer: no socket {address}. {_REMEDY}")
    with daemon("Docker does not answer"):
        client = docker.DockerClient(base_url=host, timeout=120, max_pool_size=threads + 2)
        try:
            client.ping()
        except BaseException:
            client.close()
            raise
    return client
