"""Sixth part of the runner: its side of the fork server, `sandbox.zygote`.

The server is an interpreter of the environment's, with modules imported, under a user of its own:
what runs as the command's user can neither end nor trace it. Of our capabilities it has those with
which a fork becomes the command's user.
"""

# ruff: noqa: S606, SIM105

from __future__ import annotations

import os

from sandbox.runner.files import Acting, become
from sandbox.runner.frames import parse, serialise
from sandbox.runner.limits import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

    from sandbox.runner.frames import Json

PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 8, 47, 2
CAP_SETGID, CAP_SETUID = 6, 7
CAPABILITY_VERSION = 0x20080522
PRELOAD_S, FORK_S = 100.0, 8.0


class Forker:
    """Starts the server when it is first asked for, and asks it; without it every run is cold."""

    def __init__(self, uid: int, source: str, env: dict[str, str]) -> None:
        self.uid, self.source, self.env = uid, source, env
        """`env` is the image's own: what a run asks for must not choose the server's program."""
        self.pid: int | None = None
        self.socket: socket.socket | None = None
        self.cold: str | None = None
        """Why the last command was not forked."""

    def begin(
        self, spec: Json, uid: int | None, folder: bytes, handles: tuple[int, int, int]
    ) -> int | None:
        """Have the command forked; its pid, as that of a child of ours. None: start it cold."""
        try:
            request = {
                "op": "fork",
                "argv": spec["argv"],
                "env": spec["env"],
                "cwd": os.fsdecode(folder),
                "uid": uid,
                "limits": limits(spec),
            }
            answer = self._ask(request, FORK_S, handles)
        except OSError as error:
            self.end()
            answer = {"cold": str(error)}
        self.cold = answer.get("cold")
        pid: int | None = answer.get("pid")
        return pid

    def preload(self, modules: list[str]) -> Json:
        """Have modules imported. The server's answer, or ``{"cold": why}``."""
        try:
            if self.socket is None:
                self._start()
            answer = self._ask({"op": "preload", "modules": modules}, PRELOAD_S)
        except OSError as error:
            self.end()
            answer = {"cold": str(error)}
        return answer

    def end(self) -> None:
        """Without its socket the server ends; a later run starts another. Idempotent."""
        if self.socket is not None:
            self.socket.close()
        if self.pid is not None:
            with Acting(self.uid):  # whatever its modules have started goes with it
                try:
                    os.kill(-1, 9)
                except ProcessLookupError:
                    pass
            try:
                os.waitpid(self.pid, 0)
            except ChildProcessError:
                pass
        self.socket = self.pid = None

    def _start(self) -> None:
        import socket  # noqa: PLC0415 - few sandboxes need it

        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            try:
                null = os.open("/dev/null", os.O_RDWR)
                for number in (0, 1, 2):
                    os.dup2(null, number)
                os.dup2(theirs.fileno(), 3)
                os.set_inheritable(3, True)
                os.closerange(4, 4096)
                os.setsid()
                keep_two(self.uid)
                os.execvpe("python", ["python", "-c", self.source, '{"socket": 3}'], self.env)
            finally:
                os._exit(127)
        theirs.close()
        self.pid, self.socket = child, ours

    def _ask(self, frame: Json, seconds: float, handles: tuple[int, ...] = ()) -> Json:
        """Raises: OSError."""
        import socket  # noqa: PLC0415

        if self.socket is None:
            raise OSError("the fork server has ended")
        self.socket.settimeout(seconds)
        body = serialise(frame).encode()
        message = len(body).to_bytes(4, "big") + body
        rights: list[Any] = []
        if handles:
            packed = b"".join(handle.to_bytes(4, "little") for handle in handles)
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, packed)]
        sent = self.socket.sendmsg([message], rights)
        self.socket.sendall(message[sent:])
        length = int.from_bytes(self._receive(4), "big")
        try:
            answer: Json = parse(self._receive(length).decode())
        except (ValueError, StopIteration, RecursionError) as error:
            raise OSError("the fork server does not make sense") from error
        if not isinstance(answer, dict):
            raise OSError("the fork server does not make sense")
        return answer

    def _receive(self, count: int) -> bytes:
        parts = b""
        while len(parts) < count:
            part = self.socket.recv(count - len(parts)) if self.socket else b""
            if not part:
                raise OSError("the fork server has ended")
            parts += part
        return parts


def keep_two(uid: int) -> None:
    """Become a user that may become others, also over the start of a program. Raises: OSError."""
    import ctypes  # noqa: PLC0415
    import struct  # noqa: PLC0415

    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    become(uid)
    two = 1 << CAP_SETGID | 1 << CAP_SETUID
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    if library.capset(header, struct.pack("6I", two, two, two, 0, 0, 0)):
        raise OSError("capset failed")
    for capability in (CAP_SETGID, CAP_SETUID):
        if library.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0):
            raise OSError("the kernel has no ambient capabilities")
