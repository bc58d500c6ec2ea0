"""The provider itself is killed, shut down, or asked for what it does not have."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sandbox.conformance.hostile.aftermath import survivors
from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import NotHere, Target
from sandbox.conformance.subject import Subject, expect, refused
from sandbox.errors import SandboxError, SandboxLost, StateMismatch
from sandbox.protocol import EnvironmentId, RunResult, RunSpec, StateId

_SEEN_S = 10.0


@contextmanager
def _under_way(target: Target) -> Iterator[tuple[Future[RunResult], int]]:
    """A long run, and the host's number of its command. Raises: NotHere."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(target.run, "sleep", "61", wall_s=15.0)
        yield running, _found(target)


def _found(target: Target) -> int:
    deadline, pause = time.monotonic() + _SEEN_S, threading.Event()
    while time.monotonic() < deadline:
        for pid, line in survivors(target):
            if line.startswith("sleep"):
                return pid
        pause.wait(0.02)
    raise NotHere("the host's processes cannot be seen from here")


def _runner_of(pid: int) -> int:
    """The host's number of process 1 of a process' namespace. Raises: NotHere."""
    space = _space(Path(f"/proc/{pid}"))
    for folder in Path("/proc").iterdir():
        if space and folder.name.isdigit() and _space(folder) == space and _is_first(folder):
            return int(folder.name)
    raise NotHere("the first process of the sandbox cannot be seen from here")


def _space(folder: Path) -> Path | None:
    try:
        return (folder / "ns/pid").readlink()
    except OSError:  # gone, or another user's
        return None


def _is_first(folder: Path) -> bool:
    lines = (folder / "status").read_text().splitlines()
    return any(line.split()[-1] == "1" for line in lines if line.startswith("NSpid:"))


@hostile(20)
def a_runner_killed_midway_is_a_lost_run(target: Target) -> None:
    with _under_way(target) as (running, pid):
        os.kill(_runner_of(pid), signal.SIGKILL)
        refused(SandboxLost, lambda: running.result(timeout=10))


@hostile(20)
def a_runner_that_is_stopped_and_killed_is_a_lost_run(target: Target) -> None:
    with _under_way(target) as (running, pid):
        runner = _runner_of(pid)
        os.kill(runner, signal.SIGSTOP)
        os.kill(runner, signal.SIGKILL)
        refused(SandboxLost, lambda: running.result(timeout=10))


@hostile(20)
def a_command_killed_from_outside_is_a_failed_run(target: Target) -> None:
    with _under_way(target) as (running, pid):
        os.kill(pid, signal.SIGKILL)
        result = running.result(timeout=10)
    expect((result.outcome, result.signal) == ("failed", 9), result)


@hostile(20)
def what_was_never_prepared_is_refused_and_harms_nothing(target: Target) -> None:
    spec = RunSpec(argv=("true",))
    sandbox, base = target.sandbox, target.base
    for absent in ("absent", "../../etc", "given" + "0" * 32, "", "a/b:c"):
        refused(SandboxError, partial(sandbox.run, EnvironmentId(absent), base, base, spec))
    gone = StateId("1" * 40)
    for first, second in ((gone, base), (base, gone)):
        run = partial(sandbox.run, target.environment, first, second, spec)
        refused(StateMismatch, run)


@hostile(20)
def many_callers_at_once_each_get_their_own_answer(target: Target) -> None:
    def run(number: int) -> bool:
        code = f"import os\nos.write(1, b'{number}')\nos._exit({number})"
        result = Subject.python(target, code)
        return (result.exit_code, result.stdout.text) == (number, str(number))

    with ThreadPoolExecutor(6) as pool:
        expect(all(pool.map(run, range(1, 13))), "an answer went to another caller")
