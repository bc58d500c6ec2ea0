"""The filter of system calls; that it shuts them is shown in test_hostile.py, by real runs."""

import struct

import pytest

from sandbox import seccomp
from sandbox.conformance import Subject

ALLOW, LOAD, JUMPS = 0x7FFF0000, 0x20, (0x15, 0x35)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_jump_stays_inside_and_the_rest_is_allowed(machine: str) -> None:
    steps = list(struct.iter_unpack("=HBBI", seccomp.program(machine) or b""))
    targets = [
        at + 1 + jump
        for at, (code, *jumps, _) in enumerate(steps)
        for jump in jumps
        if code in JUMPS
    ]
    assert max(targets) < len(steps)
    assert steps[-1][-1] == ALLOW
    assert steps[0] == (LOAD, 0, 0, 4), "the architecture is looked at first"


def test_a_machine_that_is_not_known_has_no_filter() -> None:
    assert seccomp.program("pdp11") is None


def test_bubblewrap_says_that_it_filters(bubblewrap: Subject) -> None:
    assert "system calls" in bubblewrap.sandbox.capabilities().isolation


def test_calls_that_the_filter_names_fail_and_their_neighbours_do_not(bubblewrap: Subject) -> None:
    code = (
        "import os, resource, socket\n"
        "resource.prlimit(0, resource.RLIMIT_CORE, (0, 0)); resource.prlimit(os.getpid(), 4)\n"
        "os.sched_setaffinity(0, os.sched_getaffinity(0)); os.nice(1)\n"
        "for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):\n"
        "    socket.socket(family, socket.SOCK_DGRAM).close()\n"
        "try: socket.socket(40, 1)\n"
        "except OSError as error: print(error.errno)\n"
    )
    result = bubblewrap.python(code)
    assert (result.outcome, result.stdout.text) == ("ok", "97\n"), result
