"""A worker that is killed, and machines that lack what a provider needs."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.conformance import Subject
from sandbox.conformance.hostile import Target
from sandbox.conformance.hostile.aftermath import survivors
from sandbox.docker import DockerSandbox
from sandbox.errors import SandboxUnavailable
from sandbox.protocol import EnvironmentId, EnvironmentSpec
from sandbox.states import GitStates

SEEN_S = 20.0

WORKER = """
import sys
from pathlib import Path
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.docker import DockerSandbox
from sandbox.protocol import RunSpec
from sandbox.states import GitStates

kind, cache, environment, base, mark = sys.argv[1:]
states = GitStates(Path(cache) / "states")
sandbox = {"bubblewrap": BubblewrapSandbox, "docker": DockerSandbox}[kind](states, Path(cache))
spec = RunSpec(argv=("sleep", "600"), env={"HOSTILE_MARK": mark}, wall_s=900.0)
sandbox.run(environment, base, base, spec)
"""

FULL = """
import os, sys
from pathlib import Path
from sandbox.errors import SandboxError
from sandbox.objects import Objects
from sandbox.protocol import StateId
from sandbox.states import GitStates

folder = Path(sys.argv[1])
states = GitStates(folder / "states")
root = StateId(Objects(folder / "states").write_tree({}))
kept = states.fork(root, {"kept": b"kept"})
try:
    states.fork(root, {"large": os.urandom(8 << 20)})
except SandboxError as error:
    assert "No space" in str(error), error
else:
    raise SystemExit("eight megabytes went into four")
after = states.fork(kept, {"small": b"small"})
assert states.read(after, "kept") == b"kept" and states.read(after, "small") == b"small"
"""

GROUPS = """
import sys
from pathlib import Path
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.protocol import RunSpec
from sandbox.states import GitStates

cache, environment, base = sys.argv[1:]
sandbox = BubblewrapSandbox(GitStates(Path(cache) / "states"), Path(cache))
assert "memory" not in sandbox.capabilities().limits
assert "memory of each process" in sandbox.capabilities().limits
assert sandbox.run(environment, base, base, RunSpec(argv=("true",))).outcome == "ok"
"""


def asleep(target: Target) -> bool:
    return any(line.startswith("sleep") for _, line in survivors(target))


def wait_until(holds: Callable[[], bool], seconds: float = SEEN_S) -> bool:
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True


def python(program: str, *words: str, mounted: str | None = None) -> subprocess.Popen[bytes]:
    """A process of ours, if need be with something mounted that no other process sees."""
    command = [sys.executable, "-c", program, *words]
    if mounted:
        if os.geteuid() != 0:
            pytest.skip("only root may mount")
        command = ["unshare", "-m", "sh", "-c", f'{mounted} && exec "$@"', "sh", *command]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(Path.cwd())})


@pytest.mark.parametrize("kind", ["bubblewrap", "docker"])
def test_a_killed_worker_leaves_no_process(
    request: pytest.FixtureRequest, cache: Path, kind: str
) -> None:
    subject: Subject = request.getfixturevalue(kind)
    target = Target(
        subject.sandbox, subject.environment, subject.base, beside=cache, neighbour=subject
    )
    worker = python(WORKER, kind, str(cache), subject.environment, subject.base, target.mark)
    try:
        assert wait_until(lambda: asleep(target)), "the worker's run was never seen"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    try:
        assert wait_until(lambda: not asleep(target), seconds=4.0), list(survivors(target))
    finally:
        if isinstance(subject.sandbox, DockerSandbox):
            subject.sandbox.reap()


def test_what_a_killed_worker_left_is_reaped_by_the_next(docker: Subject, cache: Path) -> None:
    target = Target(docker.sandbox, docker.environment, docker.base, beside=cache, neighbour=docker)
    worker = python(WORKER, "docker", str(cache), docker.environment, docker.base, target.mark)
    try:
        assert wait_until(lambda: asleep(target)), "the worker's run was never seen"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    DockerSandbox(GitStates(cache / "states"), cache).close()
    assert wait_until(lambda: not asleep(target)), list(survivors(target))
    assert docker.run("true").outcome == "ok"


def test_a_full_disk_is_a_typed_error_and_the_store_goes_on(tmp_path: Path) -> None:
    mount = f"mount -t tmpfs -o size=4m none {tmp_path}"
    assert python(FULL, str(tmp_path), mounted=mount).wait() == 0


def test_without_control_groups_bubblewrap_says_what_it_cannot_hold(
    bubblewrap: Subject, cache: Path
) -> None:
    shut = "mount -t tmpfs -o ro none /sys/fs/cgroup"
    words = (str(cache), bubblewrap.environment, bubblewrap.base)
    assert python(GROUPS, *words, mounted=shut).wait() == 0


def test_without_user_namespaces_bubblewrap_names_the_setting(
    states: GitStates, tmp_path: Path
) -> None:
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho bwrap: No permissions to create new namespace >&2; exit 1")
    refusing.chmod(0o755)
    with pytest.raises(SandboxUnavailable, match=r"(?s)No permissions.*max_user_namespaces"):
        BubblewrapSandbox(states, tmp_path, bwrap=refusing)


def test_without_a_docker_daemon_the_remedy_is_named(states: GitStates, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        for host in (f"unix://{tmp_path}/none", f"tcp://127.0.0.1:{port}"):
            with pytest.raises(SandboxUnavailable, match="systemctl start docker"):
                DockerSandbox(states, tmp_path, host=host)


def test_an_image_that_was_never_made_is_named(docker: Subject, cache: Path) -> None:
    with closing(DockerSandbox(GitStates(cache / "states"), cache)) as fresh:
        with pytest.raises(SandboxUnavailable, match="prepare"):
            Subject(fresh, EnvironmentId("gone"), docker.base).run("true")
        assert fresh.prepare(EnvironmentSpec()) == docker.environment
