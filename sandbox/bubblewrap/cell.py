"""One `bwrap` with a runner in it that waits for its only run."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from select import POLLIN, poll
from typing import IO

from sandbox import wire
from sandbox.bubblewrap.cgroups import Group, Groups
from sandbox.errors import SandboxLost
from sandbox.protocol import RunResult, RunSpec

_SAID = 2000
_PARTING_S = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cell is made of; equal plans make equal cells."""

    command: tuple[str, ...]
    """All of `bwrap`'s arguments but the files."""
    program: tuple[str, ...]
    """What runs inside."""
    filter: bytes | None
    """Which system calls it may make; None: all."""
    files: tuple[tuple[str, bytes], ...]
    """Where each read-only file lies inside, and its content."""


class Cell:
    """A sandbox for one run. It takes no lock and belongs to one thread at a time."""

    def __init__(self, plan: Plan, groups: Groups | None) -> None:
        """Start it; the runner is ready some 15 ms later, and waits. Raises: SandboxLost."""
        with ExitStack() as failing, ExitStack() as started:
            try:
                self._start(plan, groups, failing, started)
            except OSError as error:
                raise SandboxLost(f"bubblewrap cannot be started: {error}") from error
            failing.pop_all()

    def _start(
        self, plan: Plan, groups: Groups | None, failing: ExitStack, started: ExitStack
    ) -> None:
        """`failing` is unwound when this raises, `started` in any case."""
        self._group = Group.new(groups)
        failing.callback(self._group.remove)
        self._complaints: IO[bytes] = failing.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - until `bury`
        handles = {where: _memory_file(content, started) for where, content in plan.files}
        calls = [] if plan.filter is None else [_memory_file(plan.filter, started)]
        command = list(plan.command)
        for where, handle in handles.items():
            command += ["--ro-bind-data", str(handle), where]
        # Where the host's root maps to the sandbox's user, /proc/sys is that user's own.
        command += ["--remount-ro", "/proc", "--remount-ro", "/"]
        command += [word for handle in calls for word in ("--seccomp", str(handle))]
        self._process = subprocess.Popen(
            self._group.enter([*command, "--", *plan.program]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env={},
            cwd="/",
            pass_fds=(*handles.values(), *calls),
        )

    def run(self, frame: wire.Frame, spec: RunSpec) -> RunResult:
        """Have the one run. Raises: SandboxLost."""
        try:
            self._group.limit(spec)
        except OSError as error:
            raise SandboxLost(f"the limits of a run cannot be set: {error}") from error
        try:
            result = self._converse(frame, spec)
        except SandboxLost:
            # Files in memory outlive the command that wrote them: then the runner is killed
            # as well, and its answer with it. That is still the command's doing.
            self.kill()
            if not self._group.out_of_memory():
                raise
            result = RunResult(outcome="oom", signal=9)
        return self._group.judge(result)

    def alive(self) -> bool:
        """Whether it can still have its run."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it, whatever it does, and wait for that. Idempotent."""
        self._process.kill()
        self._process.wait()

    def destroy(self) -> None:
        """End it under its run, and leave nothing on the machine: for whoever closes everything."""
        self.kill()
        self._group.remove()

    def bury(self) -> None:
        """Remove what is left of a cell; one that does not end by itself is killed. Idempotent."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PARTING_S)
        self.kill()
        self._complaints.close()
        self._group.remove()

    def _converse(self, frame: wire.Frame, spec: RunSpec) -> RunResult:
        deadline = time.monotonic() + spec.wall_s + wire.GRACE_S
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise SandboxLost("bubblewrap was started without pipes")
        try:
            stdin.write(wire.pack(frame))
            stdin.close()  # the runner's sign that no other run comes
            reader = _Reader(stdout.fileno(), deadline)
            answer = wire.unpack(reader.read, wire.answer_limit(spec))
        except OSError as error:
            why = "gave no answer in time" if isinstance(error, TimeoutError) else "has ended"
            self.kill()
            self._complaints.seek(0)
            said = self._complaints.read(_SAID).decode("utf-8", "replace").strip()
            raise SandboxLost(f"bubblewrap {why} (exit {self._process.returncode}): {said}") from (
                error
            )
        return wire.result(answer, spec)


class _Reader:
    """Reads exactly what is asked for, until a deadline."""

    def __init__(self, handle: int, deadline: float) -> None:
        self._handle, self._deadline = handle, deadline
        self._poll = poll()
        self._poll.register(handle, POLLIN)

    def read(self, count: int) -> bytes:
        """Raises: TimeoutError, ConnectionError."""
        parts = bytearray()
        while len(parts) < count:
            left = self._deadline - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                raise TimeoutError
            part = os.read(self._handle, min(count - len(parts), 1 << 20))
            if not part:
                raise ConnectionError("the runner is gone")
            parts += part
        return bytes(parts)


def files(inputs: Mapping[str, bytes], fixed: Mapping[str, bytes]) -> tuple[tuple[str, bytes], ...]:
    """The files of a plan, in one order."""
    return tuple(sorted({**inputs, **fixed}.items()))


def _memory_file(content: bytes, until: ExitStack) -> int:
    """Content as a descriptor, closed with the stack. Raises: OSError."""
    handle = os.memfd_create("input", os.MFD_CLOEXEC)
    until.callback(os.close, handle)
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
    os.lseek(handle, 0, os.SEEK_SET)
    return handle
