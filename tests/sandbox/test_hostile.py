"""Every hostile case on every real provider."""

import pytest

from sandbox.conformance.hostile import GROUPS, HOSTILE, NotHere
from tests.sandbox.arena import Arena

FEWEST = 60

_UNNAMED = "a run's own bound on processes holds, but what hits it is `failed`, not `pids_limit`"

BROKEN: dict[tuple[str, str], str] = {
    ("docker", "extended_attributes_do_not_survive"): (
        "extended attributes of the workspace, /outputs and /home themselves are kept"
    ),
    ("docker", "access_lists_do_not_survive"): (
        "access lists of the workspace, /outputs and /home themselves are kept, default ones too"
    ),
    ("docker", "files_in_memory_without_a_name_are_counted"): (
        "the kernel kills the runner for the command's memory: a lost run instead of `oom`"
    ),
    ("docker", "shared_segments_end_with_the_run"): (
        "System V memory, semaphores and queues are not removed between runs"
    ),
    ("docker", "threads_without_end_are_contained"): _UNNAMED,
    ("docker", "zombies_that_nobody_waits_for_count_as_processes"): _UNNAMED,
    ("docker", "sockets_of_the_machine_below_cannot_be_made"): (
        "the daemon's default filter of system calls allows AF_VSOCK"
    ),
    ("bubblewrap", "no_signal_at_all_ends_the_runner"): "the runner heeds SIGINT",
}
"""What a provider does not yet keep: (provider, case) → what is wrong. Strict: mended, it fails."""


def cases(provider: str) -> list[object]:
    return [
        pytest.param(
            name,
            marks=[pytest.mark.xfail(reason=BROKEN[provider, name], strict=True)]
            if (provider, name) in BROKEN
            else [],
        )
        for name in HOSTILE
    ]


def attempt(name: str, arena: Arena) -> None:
    try:
        HOSTILE[name](arena.target())
    except NotHere as reason:
        pytest.skip(str(reason))
    except BaseException:
        arena.renew()
        raise


@pytest.mark.parametrize("name", cases("bubblewrap"))
def test_bubblewrap_withstands(hostile_bubblewrap: Arena, name: str) -> None:
    attempt(name, hostile_bubblewrap)


@pytest.mark.parametrize("name", cases("docker"))
def test_docker_withstands(hostile_docker: Arena, name: str) -> None:
    attempt(name, hostile_docker)


def test_every_group_is_covered() -> None:
    assert {case.group for case in HOSTILE.values()} == set(GROUPS)
    assert len(HOSTILE) >= FEWEST


def test_every_known_fault_names_a_case() -> None:
    assert {name for _, name in BROKEN} <= set(HOSTILE)
