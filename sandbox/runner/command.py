"""Seventh part of the runner: one command, from its start until everything of it is dead."""

# Starting programs is its purpose, and few imports start faster:
# ruff: noqa: PTH116, PTH208, S606, SIM105

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # `signal` only adds enumerations
import binascii
import os
import resource
import select
import time

from sandbox.runner.files import Acting, become, lines_of
from sandbox.runner.frames import encode
from sandbox.runner.limits import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.runner.forker import Forker
    from sandbox.runner.frames import Json

FLOOD_BYTES = 256 * 1024 * 1024
FULL_BYTES = 64 * 1024
CGROUP = "/sys/fs/cgroup/"
OOM_FILES = (CGROUP + "memory/memory.oom_control", CGROUP + "memory.events")
# A limit on one user's processes is counted nowhere: what Python and shells say of it.
_NO_PROCESS = (
    b"RuntimeError: can't start new thread",
    b"BlockingIOError: [Errno 11] Resource temporarily unavailable",
)
_SHELLS_NO_PROCESS = (b": Cannot fork", b": fork: retry: Resource temporarily unavailable")
PIDS_FILES = (CGROUP + "pids/pids.events", CGROUP + "pids.events")


class Kept:
    """One stream: its head, its tail, and how much went by."""

    def __init__(self, limit: int) -> None:
        self.head_limit, self.tail_limit = limit // 2, limit - limit // 2
        self.head, self.tail, self.total = bytearray(), bytearray(), 0

    def feed(self, data: bytes) -> None:
        self.total += len(data)
        free = self.head_limit - len(self.head)
        if free > 0:
            self.head += data[:free]
            data = data[free:]
        self.tail += data
        if len(self.tail) > 4 * self.tail_limit + 65536:
            self.trim()

    def trim(self) -> None:
        del self.tail[: max(0, len(self.tail) - self.tail_limit)]

    def report(self) -> Json:
        self.trim()
        dropped = self.total - len(self.head) - len(self.tail)
        return {
            "head": encode(bytes(self.head)),
            "tail": encode(bytes(self.tail)),
            "dropped": dropped,
        }


def memory_file(content: bytes) -> int:
    """Content as a descriptor that can be read to its end: never blocks, unlike a pipe."""
    if not content:
        return os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
    handle = os.memfd_create("stdin")
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def sacrifice() -> None:
    """Where memory runs out, let the kernel end this process rather than the runner."""
    try:
        handle = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    except OSError:
        return
    os.write(handle, b"1000")
    os.close(handle)


def execute_found(argv: list[str], env: dict[str, str]) -> None:
    """`os.execvpe`, which imports a module each time. Raises: OSError."""
    name = argv[0]
    if "/" in name:
        os.execve(name, argv, env)
    failed: OSError = FileNotFoundError(2, "no such program")
    for folder in env.get("PATH", os.defpath).split(":"):
        try:
            os.execve(f"{folder}/{name}", argv, env)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            failed = error
    raise failed


def start(spec: Json, uid: int | None, folder: bytes, handles: tuple[int, int, int]) -> int:
    """Fork the command into its own session; its pid."""
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        for number, handle in enumerate(handles):
            os.dup2(handle, number)
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGXCPU):
            signal.signal(number, signal.SIG_DFL)
        os.umask(0o022)
        sacrifice()
        become(uid)
        os.chdir(folder)
        for which, soft, hard in limits(spec):
            resource.setrlimit(which, (soft, hard))
        execute_found(spec["argv"], spec["env"])
    except (OSError, ValueError) as error:
        os.write(2, f"{spec['argv'][0]}: {error}\n".encode("utf-8", "replace"))
    finally:
        os._exit(127)


class Place:
    """Where and as whom commands run."""

    def __init__(
        self, uid: int | None, folder: bytes, writable: list[bytes], wake: int, leash: list[int]
    ) -> None:
        self.uid, self.folder, self.writable, self.wake = uid, folder, writable, wake
        self.leash = leash
        """Descriptors that are silent as long as our worker lives."""


class Watch:
    """Everything that is learnt about one command while it runs."""

    def __init__(self, child: int, place: Place, wall_s: float) -> None:
        self.child, self.uid = child, place.uid
        self.wake, self.leash = place.wake, place.leash
        self.deadline = time.monotonic() + wall_s
        self.status: int | None = None
        self.cpu = 0.0
        self.peak_kb = 0
        self.cut: str | None = None
        """Why it was ended before its time."""

    def reap(self) -> bool:
        """Collect the dead: the command, and orphans that process 1 inherits.

        False where no child is left; to process 1, that means nobody at all.
        """
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.child:
                self.status = status
            self.cpu += usage.ru_utime + usage.ru_stime
            self.peak_kb = max(self.peak_kb, usage.ru_maxrss)

    def kill(self, server: int | None) -> None:
        """End everything but what is the fork server's user's, and wait until it is gone.

        Exact where we are process 1: one call reaches all, needs no fork, and stops every fork
        under way. As the command's user alone it cannot reach others' processes.
        """
        if os.getpid() != 1:
            self._kill_session()
            return
        poll = select.poll()
        poll.register(self.wake, select.POLLIN)
        while True:
            with Acting(self.uid):
                try:
                    os.kill(-1, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if not self.reap():
                return
            if not others(server):
                return
            for handle, _ in poll.poll(2):
                os.read(handle, 4096)

    def _kill_session(self) -> None:
        try:
            os.killpg(self.child, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if self.status is None:
            _, self.status, _ = os.wait4(self.child, 0)


def others(server: int | None) -> bool:
    """Whether there is a process that is neither ours nor the fork server's user's."""
    for name in os.listdir("/proc"):
        if name[0] not in "123456789" or name == "1":
            continue
        try:
            owner = os.stat("/proc/" + name).st_uid
        except (FileNotFoundError, ProcessLookupError):
            continue
        # One that must not be dumped seems to be root's.
        if server is None or owner != server:
            return True
    return False


def drain(handle: int, kept: Kept) -> bool:
    """Take what a pipe holds; False at its end."""
    try:
        data = os.read(handle, 262144)
    except BlockingIOError:
        return True
    kept.feed(data)
    return bool(data)


def attend(watch: Watch, streams: dict[int, Kept]) -> None:
    """Read both streams until the command ends, its time is up, or it floods."""
    poll = select.poll()
    for handle in (*streams, watch.wake, *watch.leash):
        poll.register(handle, select.POLLIN)
    while watch.status is None and watch.cut is None:
        left = watch.deadline - time.monotonic()
        if left <= 0:
            watch.cut = "timeout"
            break
        for handle, _ in poll.poll(left * 1000 + 1):
            if handle == watch.wake:
                os.read(handle, 4096)
            elif handle in watch.leash:
                watch.cut = "lost"
            elif not drain(handle, streams[handle]):
                poll.unregister(handle)
        watch.reap()
        if any(kept.total > FLOOD_BYTES for kept in streams.values()):
            watch.cut = "output_limit"


def finish(streams: dict[int, Kept]) -> None:
    """Take what is left in the pipes when nobody writes any more."""
    for handle, kept in streams.items():
        before = -1
        while kept.total != before and kept.total <= FLOOD_BYTES:
            before = kept.total
            drain(handle, kept)
        os.close(handle)


def count(files: tuple[str, ...], key: str) -> int:
    """A counter of our control group; 0 where it cannot be read."""
    for name in files:
        for line in lines_of(name):
            word, _, value = line.partition(" ")
            if word == key and value.isdigit():
                return int(value)
    return 0


def full(folders: list[bytes]) -> bool:
    for folder in folders:
        try:
            left = os.statvfs(folder)
        except OSError:
            continue
        # A file system without blocks, such as a message queue's, is never full.
        scarce = left.f_blocks and left.f_bavail * left.f_frsize < FULL_BYTES
        if scarce or (left.f_files and not left.f_ffree):
            return True
    return False


class Counters:
    """What the kernel has counted of limits that were hit."""

    def __init__(self) -> None:
        self.oom, self.pids = count(OOM_FILES, "oom_kill"), count(PIDS_FILES, "max")


def why_failed(
    spec: Json, watch: Watch, died: int | None, before: Counters, last: bytes, place: Place
) -> str:
    """Which limit a failed command ran into, if any, from what the kernel and it itself say."""
    after = Counters()
    burnt = spec["cpu_s"] is not None and watch.cpu >= spec["cpu_s"]
    if died == signal.SIGXCPU or (burnt and died == signal.SIGKILL):
        return "timeout"
    if died == signal.SIGXFSZ:
        return "disk_limit"
    if after.oom > before.oom or last == b"MemoryError":
        return "oom"
    if after.pids > before.pids or last in _NO_PROCESS or last.endswith(_SHELLS_NO_PROCESS):
        return "pids_limit"
    return "disk_limit" if full(place.writable) else "failed"


def execute(spec: Json, place: Place, forker: Forker | None) -> Json:
    """Run the command to its end, and end everything that it started but the fork server."""
    before = Counters()
    stdin, out, err = memory_file(binascii.a2b_base64(spec["stdin"])), os.pipe(), os.pipe()
    begun = time.monotonic()
    handles = (stdin, out[1], err[1])
    forked = None
    if forker and spec["preload"]:
        forked = forker.begin(spec, place.uid, place.folder, handles)
    child = start(spec, place.uid, place.folder, handles) if forked is None else forked
    watch = Watch(child, place, spec["wall_s"])
    for handle in handles:
        os.close(handle)
    streams = {out[0]: Kept(spec["output_bytes"]), err[0]: Kept(spec["output_bytes"])}
    for handle in streams:
        os.set_blocking(handle, False)
    attend(watch, streams)
    wall = time.monotonic() - begun
    watch.kill(forker.uid if forker else None)
    if watch.cut == "lost":
        os._exit(1)
    finish(streams)
    status = watch.status or 0
    code = None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    died = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    outcome = watch.cut or "ok"
    if not watch.cut and code != 0:
        said = bytes(streams[err[0]].head + streams[err[0]].tail)
        last = said.rstrip().rsplit(b"\n", 1)[-1]
        outcome = why_failed(spec, watch, died, before, last, place)
    return {
        "outcome": outcome,
        "exit_code": code,
        "signal": died,
        "stdout": streams[out[0]].report(),
        "stderr": streams[err[0]].report(),
        "wall_s": wall,
        "cpu_s": watch.cpu,
        "peak_mb": watch.peak_kb / 1024,
        "forked": forked is not None,
        "cold": forker.cold if forker and spec["preload"] else None,
    }
