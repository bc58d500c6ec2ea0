"""Part of the fork server: becoming the process that a command would have been."""

# ruff: noqa: PTH118, PTH119, PTH120, PTH123, SIM115, SLF001

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys

from sandbox.zygote.checks import check_path
from sandbox.zygote.modules import modules
from sandbox.zygote.startup import ENVIRONMENT, PATH, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sandbox.zygote.command import Command

CAPABILITY_VERSION = 0x20080522
LIBC = ctypes.CDLL(None)


def settle(command: Command) -> None:
    """Make this fork what a cold interpreter is when it starts the run. Raises: Cold, OSError."""
    os.umask(0o022)
    os.chdir(command.cwd)
    become(command.uid, command.limits)
    check_path(command)
    named = command.named()
    sys.path[:] = [*command.entries(), *(path for path in PATH if path not in named)]
    os.environ.clear()
    os.environ.update(command.env)
    sys.executable, sys.argv[:] = command.executable, command.arguments
    if VERSION < (3, 11):
        private: Any = sys
        folder = os.path.dirname(private._base_executable)
        private._base_executable = os.path.join(folder, os.path.basename(command.executable))
    if VERSION >= (3, 10):
        sys.orig_argv = list(command.original)
    remake_streams()
    renew_randomness()


def become(uid: int | None, limits: list[list[int]]) -> None:
    """Take the run's user, no capabilities, and its limits."""
    try:
        # Where memory runs out, let the kernel end this process rather than its server.
        with open("/proc/self/oom_score_adj", "wb") as file:
            file.write(b"1000")
    except OSError:
        pass
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        # From one ordinary user to another, Linux keeps them.
        header = struct.pack("Ii", CAPABILITY_VERSION, 0)
        if LIBC.capset(header, struct.pack("6I", *[0] * 6)):
            raise OSError("capset failed")
    for which, soft, hard in limits:
        resource.setrlimit(which, (soft, hard))


def remake_streams() -> None:
    """Start the three streams over in place, for whoever kept one already."""
    unbuffered = bool(ENVIRONMENT.get("PYTHONUNBUFFERED"))
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        mode = "w" if number else "r"
        plain = unbuffered and number > 0
        buffer: Any = open(number, mode + "b", 0 if plain else -1, closefd=False)
        raw = buffer if plain else buffer.raw
        raw.name = stream.name
        line = not unbuffered and (number == 2 or raw.isatty())  # noqa: PLR2004
        stream.__init__(  # type: ignore[misc]
            buffer, stream.encoding, stream.errors, "\n", line, unbuffered
        )
        stream.mode = mode  # type: ignore[misc]


def renew_randomness() -> None:
    """What is drawn once per process; `random` itself renews its state after a fork."""
    numpy, temporary = modules.original.get("numpy.random"), modules.original.get("tempfile")
    if numpy is not None:
        numpy.seed()
    if temporary is not None:
        temporary.tempdir = None
