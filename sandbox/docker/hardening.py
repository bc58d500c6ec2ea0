"""What a container may do and use. Everything that is not given here is taken away."""

from dataclasses import dataclass
from typing import Any

import docker
from docker.types import LogConfig

from sandbox.protocol import OUTPUTS, WORKSPACE

_SMALL_MB = 64
SCRATCH = (OUTPUTS, "/tmp", "/home", "/dev/shm", "/dev/mqueue")  # noqa: S108 - in the container
"""Writable folders beside the workspace: emptied after each run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a container may use; a run's own limits apply below these."""

    memory_mb: int = 2048
    """For processes; the temporary file systems come on top."""
    disk_mb: int = 512
    """Size of the workspace, the outputs and /tmp, each."""
    base_mb: int = 512
    pids: int = 512
    cpus: float = 2.0
    inodes: int = 200_000

    @property
    def total_mb(self) -> int:
        """Everything together: a file system that could outgrow its group would kill its runner."""
        return self.memory_mb + 3 * self.disk_mb + 3 * _SMALL_MB + self.base_mb


def host_config(
    client: docker.DockerClient, limits: Limits, user: int, keeper: int, runtime: str | None
) -> dict[str, Any]:
    """The daemon's part of a container whose commands are `user`'s and whose base is `keeper`'s.

    SETUID and SETGID let the runner, process 1, become those users, KILL lets it end them.
    """
    common = f"rw,nosuid,nodev,exec,nr_inodes={limits.inodes}"
    mine = f"{common},uid={user},gid={user},mode=755"
    keeps = f"{common},uid={keeper},gid={keeper},mode=755"
    found: dict[str, Any] = client.api.create_host_config(
        network_mode="none",
        cap_drop=["ALL"],
        cap_add=["SETUID", "SETGID", "KILL"],
        security_opt=["no-new-privileges:true"],
        read_only=True,
        ipc_mode="private",
        auto_remove=True,
        pids_limit=limits.pids,
        mem_limit=f"{limits.total_mb}m",
        memswap_limit=f"{limits.total_mb}m",
        nano_cpus=int(limits.cpus * 1e9),
        shm_size=f"{_SMALL_MB}m",
        log_config=LogConfig(type="none"),
        runtime=runtime,
        tmpfs={
            WORKSPACE: f"{mine},size={limits.disk_mb}m",
            OUTPUTS: f"{mine},size={limits.disk_mb}m",
            "/tmp": f"{common},mode=1777,size={limits.disk_mb}m",  # noqa: S108
            "/home": f"{mine},size={_SMALL_MB}m",
            "/inputs": f"{keeps},size={_SMALL_MB}m",
            "/base": f"{keeps},size={limits.base_mb}m",
        },
    )
    return found
