"""Budwood's own commands as processes, and a client for their API."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from agents.store import FINAL
from tests.service.waiting import until

BUDWOOD = Path(sys.executable).with_name("budwood")


@dataclass(slots=True)
class Process:
    """One command in a process group of its own, with its log."""

    running: subprocess.Popen[bytes]
    log: Path

    def stop(self, seconds: float = 30.0) -> int:
        """An orderly stop, of the first process alone, as an init system does it."""
        self.running.terminate()
        return self.running.wait(seconds)

    def kill(self) -> None:
        """The whole group at once: no handler runs."""
        if self.running.poll() is None:
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    @property
    def said(self) -> str:
        return self.log.read_text()


@dataclass(slots=True)
class Deployment:
    """Everything started here is ended with the block."""

    folder: Path
    env: Mapping[str, str]
    _processes: list[Process] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.kill()
        self._open.close()

    def start(self, *command: str) -> Process:
        log = self.folder / f"{command[0]}-{len(self._processes)}.log"
        file: IO[bytes] = self._open.enter_context(log.open("wb"))
        running = subprocess.Popen(
            [str(BUDWOOD), *command],
            cwd=self.folder,
            env={**os.environ, **self.env},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        self._processes.append(Process(running, log))
        return self._processes[-1]

    def run(self, *command: str) -> None:
        process = self.start(*command)
        assert process.running.wait(60) == 0, process.said

    def worker(self) -> Process:
        """A worker that is ready to be told what to do."""
        return self.start("worker", "--concurrency=2")

    def serve(self) -> "tuple[Process, Api]":
        """A server that answers."""
        port = _free_port()
        process = self.start("serve", f"--port={port}")
        api = Api(port)
        until(lambda: process.running.poll() is not None or api.alive(), "an answering server")
        assert process.running.poll() is None, process.said
        return process, api


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class Api:
    """HTTP over a fresh connection each time."""

    port: int

    def alive(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except ConnectionError:
            return False

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self._ask("POST", path, json.dumps(body).encode(), "application/json")

    def upload(self, path: str, file: Path) -> Answer:
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
        body = head.encode() + file.read_bytes() + b"\r\n--b--\r\n"
        return self._ask("POST", path, body, "multipart/form-data; boundary=b")

    def state(self, issue: str) -> str:
        found: str = self.get(f"/v1/issues/{issue}").json["state"]
        return found

    def wait(self, issue: str, seconds: float = 90.0) -> str:
        """The state in which an issue came to rest."""
        until(lambda: self.state(issue) in FINAL, f"the end of {issue}", seconds)
        return self.state(issue)

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": kind} if kind else {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
