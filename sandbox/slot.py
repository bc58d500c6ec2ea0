"""One warm container as seen from outside: a socket to the runner that is its process 1."""

import contextlib
import select
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox import wire
from sandbox.errors import SandboxLost
from sandbox.protocol import EnvironmentId, StateId

_COMPLAINT = 4000
_MEND_S, _CLEAN_BYTES = 60.0, 4096


@dataclass(slots=True)
class Slot:
    """One warm container: its name, the socket to its runner, and the base that it holds."""

    environment: EnvironmentId
    container: str
    socket: socket.socket
    response: Any
    """The library's file over the socket, which holds it open as well."""
    base: StateId | None = None
    preloaded: set[str] = field(default_factory=set)
    """Modules that its fork server was asked to import."""
    restore: str = ""
    """How its workspace is mended, see `sandbox.runner.workspace`."""
    runs: int = 0
    mending: bool = False
    """It has answered a run, and will say when it is ready for the next."""
    suspect: bool = False
    """Something is not as it should be: no further run may see this slot."""
    buffer: bytearray = field(default_factory=bytearray)
    complaints: bytearray = field(default_factory=bytearray)

    def ask(
        self, frame: wire.Frame, limit: int, seconds: float, then: wire.Frame | None = None
    ) -> dict[str, Any]:
        """Send a frame, and the one that belongs to it, take the answer. Raises: SandboxLost."""
        try:
            self.socket.settimeout(seconds)
            self.socket.sendall(wire.pack(frame) + (wire.pack(then) if then else b""))
        except OSError as error:
            raise self._lost(error) from error
        return self._answer(limit, seconds)

    def healthy(self) -> bool:
        """Whether a slot can have another run: it is alive, has mended, and says nothing unasked."""
        if self.mending:
            self.mending = False
            try:
                if self._answer(_CLEAN_BYTES, _MEND_S).get("clean") is not True:
                    return False
            except SandboxLost:
                return False
        poll = select.poll()
        try:
            poll.register(self.socket, select.POLLIN)
        except (OSError, ValueError):
            return False
        return not poll.poll(0) and not self.buffer

    def close(self) -> None:
        """End the conversation, and with it the runner and its container. Idempotent."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        # The answer to the HTTP request flushes the file on its way out: it must go first.
        if (answer := getattr(self.response, "_response", None)) is not None:
            answer.close()
        self.response.close()
        self.socket.close()

    def _answer(self, limit: int, seconds: float) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        try:
            return wire.unpack(lambda count: self._read(count, deadline), limit)
        except OSError as error:
            raise self._lost(error) from error

    def _lost(self, error: OSError) -> SandboxLost:
        said = self.complaints.decode("utf-8", "replace")
        return SandboxLost(f"container {self.container[:12]}: {error}; {said}")

    def _read(self, count: int, deadline: float) -> bytes:
        """So many bytes of the runner's stdout, out of the daemon's mixed stream."""
        while len(self.buffer) < count:
            stream, length = struct.unpack(">BxxxL", self._receive(8, deadline))
            part = self._receive(length, deadline)
            if stream == 1:
                self.buffer += part
            else:
                self.complaints = (self.complaints + part)[-_COMPLAINT:]
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    def _receive(self, count: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            part = self.socket.recv(min(count - len(parts), 1 << 20))
            if not part:
                raise ConnectionError("the runner is gone")
            parts += part
        return bytes(parts)
