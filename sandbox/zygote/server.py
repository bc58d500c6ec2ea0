"""Part of the fork server: frames, and forking."""

# ruff: noqa: BLE001, PTH119

from __future__ import annotations

import array
import json
import os
import socket

from sandbox.zygote.checks import check_environment
from sandbox.zygote.command import Cold, Command
from sandbox.zygote.preloading import preload
from sandbox.zygote.record import record
from sandbox.zygote.replay import replay
from sandbox.zygote.settle import LIBC, settle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.zygote.startup import Json

HEADER_BYTES = 4
PR_SET_DUMPABLE, PR_SET_NAME = 4, 15
SETTLE_SECONDS = 5


class Server:
    """Answers one frame after the other."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel

    def serve(self) -> Command:
        """Answer frames; returns in a fork alone, with its run."""
        while True:
            frame, handles = self._receive()
            if frame is None:
                os._exit(0)
            if frame["op"] == "preload":
                self._send(preload(frame["modules"], {0, 1, 2, self.channel.fileno()}))
                continue
            command = self._fork(frame, handles)
            if command is not None:
                return command
            for handle in handles:
                os.close(handle)

    def _receive(self) -> tuple[Json | None, list[int]]:
        """One frame and its descriptors; None at the end."""
        handles = array.array("i")
        data, length = b"", HEADER_BYTES
        while len(data) < length:
            part, extra, _, _ = self.channel.recvmsg(length - len(data), socket.CMSG_SPACE(12))
            if not part:
                return None, []
            for _level, _kind, content in extra:
                handles.frombytes(content[: len(content) // 4 * 4])
            data += part
            if length == HEADER_BYTES == len(data):
                length += int.from_bytes(data, "big")
        return json.loads(data[HEADER_BYTES:]), list(handles)

    def _send(self, answer: Json) -> None:
        body = json.dumps(answer).encode()
        self.channel.sendall(len(body).to_bytes(HEADER_BYTES, "big") + body)

    def _fork(self, frame: Json, handles: list[int]) -> Command | None:
        """Answer, then release the fork; in the fork alone, its run."""
        try:
            command = Command(frame)
            check_environment(command.env)
        except (Cold, OSError) as reason:
            self._send({"cold": str(reason)})
            return None
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            try:
                if os.fork():
                    os._exit(0)
                ours.close()
                self._begin(command, handles, theirs)
            except BaseException:  # whatever it is, no second server may come of it
                os._exit(127)
            return command
        theirs.close()
        os.waitpid(child, 0)
        with ours:
            answer = settled(ours)
            self._send(answer)
            if "pid" in answer:
                ours.sendall(b"!")
        return None

    def _begin(self, command: Command, handles: list[int], parent: socket.socket) -> None:
        """In the fork: get ready, say so, and wait until the pid is known."""
        os.setsid()
        for number, handle in enumerate(handles):
            os.dup2(handle, number)
        try:
            settle(command)
            answer: Json = {"pid": os.getpid()}
        except (Cold, OSError, ValueError) as reason:
            answer = {"cold": str(reason)[:1000]}
        parent.sendall(json.dumps(answer).encode())
        if "cold" in answer or not parent.recv(1):
            os._exit(0)
        if command.uid is not None:
            # As after `execve`; until here, no process of that user could trace this one.
            LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        self.channel.detach()
        parent.detach()
        os.closerange(3, 1024)
        LIBC.prctl(PR_SET_NAME, os.path.basename(command.argv[0]).encode()[:15], 0, 0, 0)
        record.end(replay)


def settled(fork: socket.socket) -> Json:
    """What a fork says once it is ready."""
    fork.settimeout(SETTLE_SECONDS)
    try:
        text = fork.recv(65536)
    except OSError:
        text = b""
    answer: Json = json.loads(text) if text else {"cold": "the fork failed"}
    return answer
