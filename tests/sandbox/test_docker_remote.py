"""A daemon that is reached over TCP, as on another machine or behind a proxy: nothing is mounted."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.conformance import CHECKS, Subject
from sandbox.docker import DockerSandbox, Limits
from sandbox.protocol import EnvironmentSpec

FAR = [
    "the_workspace_equals_the_state",
    "a_run_leaves_nothing_behind",
    "a_timeout_ends_everything",
    "artefacts_come_back_and_irregular_ones_do_not",
    "a_flood_is_cut_and_counted",
    "a_forked_run_says_what_a_cold_one_says",
]


def pump(source: socket.socket, target: socket.socket) -> None:
    """Until the source ends; then the target is told so."""
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def serve(listening: socket.socket, until: contextlib.ExitStack) -> None:
    with contextlib.suppress(OSError):
        while True:
            near, _ = listening.accept()
            far = until.enter_context(socket.socket(socket.AF_UNIX))
            until.enter_context(near)
            far.connect("/var/run/docker.sock")
            for ends in ((near, far), (far, near)):
                threading.Thread(target=pump, args=ends, daemon=True).start()


@pytest.fixture(scope="module")
def far(docker: Subject, cache: Path) -> Iterator[Subject]:
    with contextlib.ExitStack() as until:
        listening = until.enter_context(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=serve, args=(listening, until), daemon=True).start()
        sandbox = DockerSandbox(
            docker.sandbox.states,  # type: ignore[arg-type]
            cache,
            slots=1,
            limits=Limits(memory_mb=512, disk_mb=64),
            host=f"tcp://127.0.0.1:{listening.getsockname()[1]}",
        )
        yield Subject(sandbox, sandbox.prepare(EnvironmentSpec()), docker.base)
        sandbox.close()
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("name", FAR)
def test_a_daemon_behind_a_proxy_keeps_the_promise(far: Subject, name: str) -> None:
    CHECKS[name](far)
