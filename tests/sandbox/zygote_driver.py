"""Drive the fork server as an ordinary process, beside cold processes of the same command."""

import ctypes
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import wire

PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Finished:
    """How a command ended: its status as `Popen.returncode` gives it, and what it wrote."""

    code: int
    out: str
    err: str


class Declined(Exception):
    """The server wants this run to be a cold process; the message says why."""


def adopt_orphans() -> None:
    """Make this process the one that forks fall to, as process 1 is in a sandbox."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("prctl(PR_SET_CHILD_SUBREAPER) failed")


class Zygote:
    """A running fork server."""

    def __init__(self, python: str, env: Mapping[str, str], prefix: Sequence[str] = ()) -> None:
        adopt_orphans()
        self.env = dict(env)
        self.socket, theirs = socket.socketpair()
        settings = json.dumps({"socket": theirs.fileno()})
        command = [*prefix, python, "-c", wire.zygote_source(), settings]
        self.process = subprocess.Popen(
            command, env=self.env, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, cwd="/"
        )
        theirs.close()

    def close(self) -> int:
        self.socket.close()
        return self.process.wait()

    def ask(self, frame: Mapping[str, Any], handles: Sequence[int] = ()) -> dict[str, Any]:
        body = json.dumps(frame).encode()
        socket.send_fds(self.socket, [len(body).to_bytes(4, "big") + body], handles)
        length = int.from_bytes(self._read(4), "big")
        answer: dict[str, Any] = json.loads(self._read(length))
        return answer

    def _read(self, count: int) -> bytes:
        data = self.socket.recv(count, socket.MSG_WAITALL)
        if len(data) < count:
            raise EOFError("the fork server has ended")
        return data

    def preload(self, *modules: str) -> dict[str, Any]:
        return self.ask({"op": "preload", "modules": modules})

    def run(
        self,
        argv: Sequence[str],
        cwd: Path,
        env: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Finished:
        """Fork a run and wait for it. Raises: Declined."""
        frame = {"op": "fork", "argv": argv, "cwd": str(cwd), "env": dict(env or self.env)} | more
        with (cwd / ".out").open("w+b") as out, (cwd / ".err").open("w+b") as err:
            with open(os.devnull, "rb") as null:  # noqa: PTH123  a device, not a path
                handles = [null.fileno(), out.fileno(), err.fileno()]
                answer = self.ask(frame, handles)
            if "cold" in answer:
                raise Declined(answer["cold"])
            status = os.waitpid(answer["pid"], 0)[1]
            out.seek(0)
            err.seek(0)
            texts = out.read().decode(), err.read().decode()
        return Finished(os.waitstatus_to_exitcode(status), *texts)


def run_cold(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Finished:
    """The same command as a process of its own."""
    with (cwd / ".out").open("w+b") as out, (cwd / ".err").open("w+b") as err:
        done = subprocess.run(
            ["/usr/bin/env", *argv],  # finds the program on the run's PATH, as `execvpe` does
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
            check=False,
        )
        out.seek(0)
        err.seek(0)
        return Finished(done.returncode, out.read().decode(), err.read().decode())


def environment(python: str = sys.executable) -> dict[str, str]:
    """What runs in a sandbox see, with this interpreter first on the PATH."""
    return {
        "PATH": f"{Path(python).parent}:/usr/bin:/bin",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }
