"""A filter of system calls for bubblewrap: what no namespace shuts, and no test needs.

Namespaces hide files, processes and networks. They do not hide the machine below this one (vsock),
the keys of the user who started the worker, or the limits of other processes of the same user,
which the runner is.
"""

import errno
import struct
from collections.abc import Iterator

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""`AUDIT_ARCH_*` by machine."""

_LOAD, _EQUALS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in `struct seccomp_data`."""
_X32 = 0x40000000
"""From here on x86-64 has every call a second time."""

_IO_URING = (425, 426, 427)
_SHUT = {
    # add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, open_by_handle_at, syslog
    "x86_64": (248, 249, 250, 321, 298, 323, 304, 103, *_IO_URING),
    "aarch64": (217, 218, 219, 280, 241, 282, 265, 116, *_IO_URING),
}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_FAMILIES = (29, 31, 38, 39, 40, 44)
"""CAN, Bluetooth, the kernel's ciphers, NFC, vsock, XDP: none of them for a test."""

_RUNNER = 1
_OF_A_PROCESS = {
    # prlimit64, sched_setscheduler, sched_setparam, sched_setaffinity, sched_setattr: argument 0;
    # setpriority, ioprio_set: argument 1
    "x86_64": ((302, 0), (144, 0), (142, 0), (203, 0), (314, 0), (141, 1), (251, 1)),
    "aarch64": ((261, 0), (119, 0), (118, 0), (122, 0), (274, 0), (140, 1), (30, 1)),
}

_Instruction = tuple[int, int, int, int]


def program(machine: str) -> bytes | None:
    """The filter as the kernel takes it; None for a machine whose numbers are not known here."""
    if machine not in _ARCHITECTURES:
        return None
    return b"".join(struct.pack("=HBBI", *step) for step in _steps(machine))


def _steps(machine: str) -> Iterator[_Instruction]:
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield _EQUALS, 1, 0, _ARCHITECTURES[machine]
    yield _RETURN, 0, 0, _ERROR | errno.ENOSYS
    yield _LOAD, 0, 0, _NUMBER
    yield _AT_LEAST, 0, 1, _X32
    yield _RETURN, 0, 0, _ERROR | errno.ENOSYS
    for number in _SHUT[machine]:
        yield _EQUALS, 0, 1, number
        yield _RETURN, 0, 0, _ERROR | errno.EPERM
    for family in _FAMILIES:
        yield from _refuse(_SOCKET[machine], 0, family, errno.EAFNOSUPPORT)
    for number, argument in _OF_A_PROCESS[machine]:
        yield from _refuse(number, argument, _RUNNER, errno.EPERM)
    yield _RETURN, 0, 0, _ALLOW


def _refuse(number: int, argument: int, value: int, error: int) -> Iterator[_Instruction]:
    """One call with one value of one argument; the kernel takes these as 32 bits, and so do we."""
    yield _EQUALS, 0, 4, number
    yield _LOAD, 0, 0, _ARGUMENTS + 8 * argument
    yield _EQUALS, 0, 1, value
    yield _RETURN, 0, 0, _ERROR | error
    yield _LOAD, 0, 0, _NUMBER
