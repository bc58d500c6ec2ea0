"""Who started a container: a process, told from every other that ever ran."""

import os
from pathlib import Path


def me() -> str:
    """This process, told from every other: kernel, pid namespace, pid, time of its start."""
    return f"{kernel_name()} {os.getpid()} {_started(os.getpid())}"


def kernel_name() -> str:
    """The running kernel and our pid namespace: where a pid means something."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"


def _started(pid: int) -> str:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return status.rpartition(")")[2].split()[19]


def abandoned(owner: str, state: str) -> bool:
    """Whether a container's worker is gone; one on another machine cannot be seen from here."""
    kernel, _, process = owner.partition(" ")
    if kernel != kernel_name():
        return state in ("exited", "dead")
    pid, _, started = process.partition(" ")
    return not pid.isdigit() or _started(int(pid)) != started
