"""Fifth part of the runner: what one process of a command may use."""

from __future__ import annotations

import resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.runner.frames import Json


def limits(spec: Json) -> list[tuple[int, int, int]]:
    """What one process may use, as (resource, soft, hard)."""
    memory = spec["memory_mb"] << 20
    wanted = {
        resource.RLIMIT_CORE: 0,
        # DATA counts what can be written; AS would also count address space only reserved.
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_AS: 4 * memory,
        resource.RLIMIT_FSIZE: spec["disk_mb"] << 20,
        resource.RLIMIT_NPROC: spec["pids"],
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_MEMLOCK: 1 << 20,
    }
    found = [(which, value, value) for which, value in wanted.items()]
    if spec["cpu_s"] is not None:
        # The softer limit sends a signal that tells what happened.
        found.append((resource.RLIMIT_CPU, spec["cpu_s"], spec["cpu_s"] + 1))
    return [(which, *within(which, soft, hard)) for which, soft, hard in found]


def within(which: int, soft: int, hard: int) -> tuple[int, int]:
    """Limits can only be lowered."""
    _, most = resource.getrlimit(which)
    return (soft, hard) if most == resource.RLIM_INFINITY else (min(soft, most), min(hard, most))
