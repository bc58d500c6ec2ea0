"""What a container may do and use. Everything that is not given here is taken away."""

from dataclasses import dataclass
from typing import Any, Literal

import docker
from docker.types import LogConfig

from sandbox.protocol import INPUTS, OUTPUTS, WORKSPACE

Profile = Literal["tight", "harness"]
"""``tight``: many runs in a container with nothing to write but temporary file systems, as a user
without any privilege. ``harness``: what SWE-bench's own harness gives its images, whose repository
lies in `TESTBED` with untracked build products, whose tests are root's and may write anywhere; so
a container serves one run. Network, new privileges, memory and processes are held in both."""

TESTBED = "/testbed"
_SMALL_MB = 64
_SCRATCH = (OUTPUTS, "/tmp", "/home", "/dev/shm", "/dev/mqueue")  # noqa: S108 - in the container
_RUNNERS = ["SETUID", "SETGID", "KILL"]
_ROOTS = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"]


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


def settings(profile: Profile, user: int) -> dict[str, Any]:
    """The runner's settings; `user` and the next two are a container's own."""
    if profile == "harness":
        return {"workspace": TESTBED, "alias": True}
    users = {"uid": user, "keeper": user + 1, "server": user + 2}
    return {**users, "base": "/base", "scratch": _SCRATCH}


def host_config(
    client: docker.DockerClient, limits: Limits, profile: Profile, user: int, runtime: str | None
) -> dict[str, Any]:
    """The daemon's part of a container.

    SETUID and SETGID let the runner, process 1, become its users, KILL lets it end them.
    """
    tight = profile == "tight"
    found: dict[str, Any] = client.api.create_host_config(
        network_mode="none",
        cap_drop=["ALL"],
        cap_add=_RUNNERS if tight else _RUNNERS + _ROOTS,
        security_opt=["no-new-privileges:true"],
        read_only=tight,
        ipc_mode="private",
        auto_remove=True,
        pids_limit=limits.pids,
        mem_limit=f"{limits.total_mb}m",
        memswap_limit=f"{limits.total_mb}m",
        nano_cpus=int(limits.cpus * 1e9),
        shm_size=f"{_SMALL_MB}m",
        log_config=LogConfig(type="none"),
        runtime=runtime,
        tmpfs=_tight_areas(limits, user) if tight else _harness_areas(limits),
    )
    return found


def _tight_areas(limits: Limits, user: int) -> dict[str, str]:
    common = f"rw,nosuid,nodev,exec,nr_inodes={limits.inodes}"
    mine = f"{common},uid={user},gid={user},mode=755"
    keeps = f"{common},uid={user + 1},gid={user + 1},mode=755"
    return {
        WORKSPACE: f"{mine},size={limits.disk_mb}m",
        OUTPUTS: f"{mine},size={limits.disk_mb}m",
        "/tmp": f"{common},mode=1777,size={limits.disk_mb}m",  # noqa: S108
        "/home": f"{mine},size={_SMALL_MB}m",
        INPUTS: f"{keeps},size={_SMALL_MB}m",
        "/base": f"{keeps},size={limits.base_mb}m",
    }


def _harness_areas(limits: Limits) -> dict[str, str]:
    common = f"rw,nosuid,nodev,exec,nr_inodes={limits.inodes}"
    return {OUTPUTS: f"{common},size={limits.disk_mb}m", INPUTS: f"{common},size={_SMALL_MB}m"}
