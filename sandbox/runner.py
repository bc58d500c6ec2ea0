"""The process inside of a sandbox that starts commands and says what became of them.

Standard library only, never imports ours: providers send it in as one text with
`runner_files.py` before it. It should be
process 1 of its own pid namespace, for then ``kill(-1, SIGKILL)`` ends everything else there.

Frames on stdin and stdout: a length of 4 bytes (big endian), then JSON; binary is base64.

    {"op": "base", "id": …, "items": […]}     keep a read-only tree that runs start from
    {"op": "run", "items": […], "argv": […], …}   lay items over the workspace, run, report

An item is ``[path, mode, content]``: a git mode, 0 to remove. Every frame is answered by one;
the end of stdin ends the process. argv[1] is a JSON object of settings, see `Settings`.
"""

# Starting programs is its purpose, and few imports start faster:
# ruff: noqa: PTH123, S606, SIM105

import _signal as signal  # type: ignore[import-not-found]  # `signal` only adds enumerations
import os
import resource
import select
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # at run time this text follows that one, see `wire.runner_source`
    from sandbox.runner_files import (  # noqa: TC004
        Json,
        as_user,
        become,
        copy_tree,
        empty,
        encode,
        harvest,
        lay,
        parse,
        read_frame,
        write_frame,
    )

WORKSPACE, INPUTS, OUTPUTS = b"/workspace", b"/inputs", b"/outputs"
FLOOD_BYTES = 256 * 1024 * 1024
FULL_BYTES = 64 * 1024
CGROUP = "/sys/fs/cgroup/"
OOM_FILES = (CGROUP + "memory/memory.oom_control", CGROUP + "memory.events")
PIDS_FILES = (CGROUP + "pids/pids.events", CGROUP + "pids.events")
PR_SET_DUMPABLE = 4


class Settings:
    """What the provider decided once: see each attribute."""

    def __init__(self, text: str) -> None:
        given = parse(text)
        self.uid: int | None = given.get("uid")
        """User of the command; None: the runner's own."""
        self.keeper: int | None = given.get("keeper")
        """User that owns the base and the inputs, which the command can only read."""
        self.workspace: bytes = given.get("workspace", WORKSPACE.decode()).encode()
        self.outputs: bytes = given.get("outputs", OUTPUTS.decode()).encode()
        self.base: bytes | None = given["base"].encode() if given.get("base") else None
        """Where the base tree is kept; None: the workspace has it before the first run."""
        self.scratch: list[bytes] = [path.encode() for path in given.get("scratch", [])]
        """Folders emptied after every run; none where a sandbox serves only one."""


# --- one command ------------------------------------------------------------------------------


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


def limit(spec: Json) -> None:
    memory = spec["memory_mb"] << 20
    wanted = (
        (resource.RLIMIT_CORE, 0),
        # DATA counts what can be written; AS would also count address space only reserved.
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_AS, 4 * memory),
        (resource.RLIMIT_FSIZE, spec["disk_mb"] << 20),
        (resource.RLIMIT_NPROC, spec["pids"]),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_MEMLOCK, 1 << 20),
    )
    for which, value in wanted:
        _, hard = resource.getrlimit(which)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (most, most))


def start(spec: Json, settings: Settings, outputs: tuple[int, int]) -> int:
    """Fork the command into its own session; its pid."""
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(outputs[0], 1)
        os.dup2(outputs[1], 2)
        os.closerange(3, 4096)
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.umask(0o022)
        os.chdir(settings.workspace)
        become(settings.uid)
        limit(spec)
        os.execvpe(spec["argv"][0], spec["argv"], spec["env"])
    except (OSError, ValueError) as error:
        os.write(2, f"{spec['argv'][0]}: {error}\n".encode("utf-8", "replace"))
    finally:
        os._exit(127)


class Watch:
    """Everything that is learnt about one command while it runs."""

    def __init__(self, child: int, spec: Json) -> None:
        self.child = child
        self.deadline = time.monotonic() + spec["wall_s"]
        self.status: int | None = None
        self.cpu = 0.0
        self.peak_kb = 0
        self.cut: str | None = None
        """Why it was ended before its time."""

    def reap(self, flags: int = os.WNOHANG) -> None:
        """Collect the dead: the command, and orphans that process 1 inherits."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, flags)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.child:
                self.status = status
            self.cpu += usage.ru_utime + usage.ru_stime
            self.peak_kb = max(self.peak_kb, usage.ru_maxrss)

    def kill(self) -> None:
        """End everything: exact where we are process 1, the command's session otherwise."""
        if os.getpid() == 1:
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.reap(0)
            return
        try:
            os.killpg(self.child, signal.SIGKILL)
        except ProcessLookupError:
            pass
        while self.status is None:
            self.reap(0)


def drain(handle: int, kept: Kept) -> bool:
    """Take what a pipe holds; False at its end."""
    try:
        data = os.read(handle, 262144)
    except BlockingIOError:
        return True
    kept.feed(data)
    return bool(data)


def attend(watch: Watch, streams: dict[int, Kept], wake: int) -> None:
    """Read both streams until the command ends, its time is up, or it floods."""
    poll = select.poll()
    for handle in (*streams, wake):
        poll.register(handle, select.POLLIN)
    while watch.status is None and watch.cut is None:
        left = watch.deadline - time.monotonic()
        if left <= 0:
            watch.cut = "timeout"
            break
        for handle, _ in poll.poll(left * 1000 + 1):
            if handle == wake:
                os.read(wake, 4096)
            elif not drain(handle, streams[handle]):
                poll.unregister(handle)
        watch.reap()
        if any(kept.total > FLOOD_BYTES for kept in streams.values()):
            watch.cut = "output_limit"


def count(files: tuple[str, ...], key: str) -> int:
    """A counter of our control group; 0 where it cannot be read."""
    for name in files:
        try:
            with open(name) as file:
                for line in file:
                    word, _, value = line.partition(" ")
                    if word == key:
                        return int(value)
        except (OSError, ValueError):
            continue
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


def judge(watch: Watch, code: int | None, died: int | None, hints: dict[str, bool]) -> str:
    if watch.cut:
        return watch.cut
    if code == 0:
        return "ok"
    if died == signal.SIGXFSZ:
        return "disk_limit"
    return next((name for name, seen in hints.items() if seen), "failed")


def execute(spec: Json, settings: Settings, wake: int) -> Json:
    """Run the command to its end, and end everything that it started."""
    before = count(OOM_FILES, "oom_kill"), count(PIDS_FILES, "max")
    out, err = os.pipe(), os.pipe()
    begun = time.monotonic()
    watch = Watch(start(spec, settings, (out[1], err[1])), spec)
    os.close(out[1])
    os.close(err[1])
    streams = {out[0]: Kept(spec["output_bytes"]), err[0]: Kept(spec["output_bytes"])}
    for handle in streams:
        os.set_blocking(handle, False)
    attend(watch, streams, wake)
    wall = time.monotonic() - begun
    watch.kill()
    for handle, kept in streams.items():
        before_total = -1
        while kept.total != before_total and kept.total <= FLOOD_BYTES:
            before_total = kept.total
            drain(handle, kept)
        os.close(handle)
    stdout, stderr = streams[out[0]].report(), streams[err[0]].report()
    status = watch.status or 0
    code = None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    died = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    last = (streams[err[0]].head + streams[err[0]].tail).rstrip().rsplit(b"\n", 1)[-1]
    hints = {
        "oom": count(OOM_FILES, "oom_kill") > before[0] or last.startswith(b"MemoryError"),
        "pids_limit": count(PIDS_FILES, "max") > before[1],
        "disk_limit": full([settings.workspace, settings.outputs, b"/tmp", *settings.scratch]),
    }
    return {
        "outcome": judge(watch, code, died, hints),
        "exit_code": code,
        "signal": died,
        "stdout": stdout,
        "stderr": stderr,
        "wall_s": wall,
        "cpu_s": watch.cpu,
        "peak_mb": watch.peak_kb / 1024,
    }


# --- the two operations -----------------------------------------------------------------------


def set_base(frame: Json, settings: Settings) -> Json:
    base = settings.base
    if base is None:
        raise OSError("this runner keeps no base")

    def work() -> None:
        if not empty(base):
            raise OSError("the old base could not be removed")
        lay(base, frame["items"])
        if frame.get("compile"):
            child = os.fork()
            if child == 0:
                null = os.open("/dev/null", os.O_RDWR)
                for number in (0, 1, 2):
                    os.dup2(null, number)
                os.chdir(base)
                os.execvpe("python", frame["compile"], frame["env"])
            os.waitpid(child, 0)

    as_user(settings.keeper, work)
    return {"base": frame["id"]}


def run(frame: Json, settings: Settings, wake: int) -> Json:
    def prepare() -> None:
        if settings.base:
            copy_tree(settings.base, settings.workspace)
        lay(settings.workspace, frame["items"])

    as_user(settings.uid, prepare)
    if frame["inputs"]:
        inputs = [[name, 0o100644, content] for name, content in frame["inputs"].items()]
        as_user(settings.keeper, lambda: lay(INPUTS, inputs))
    answer = execute(frame, settings, wake)
    names, largest = frame["artefacts"], frame["artefact_bytes"]
    answer["artefacts"] = as_user(settings.uid, lambda: harvest(settings.outputs, names, largest))
    answer["clean"] = tidy(settings)
    return answer


def tidy(settings: Settings) -> bool:
    """Leave nothing for the next run; False where something stayed."""
    if not settings.scratch:
        return True
    return bool(
        as_user(
            settings.uid, lambda: [empty(folder) for folder in settings.scratch].count(False) == 0
        )
        and as_user(settings.keeper, lambda: empty(INPUTS))
    )


def harden() -> None:
    """Where the command is of our user, keep it from tracing us and opening our descriptors."""
    import ctypes  # noqa: PLC0415 - costs 5 ms, and needed only here

    if ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise OSError("prctl(PR_SET_DUMPABLE) failed")


def main() -> None:
    settings = Settings(sys.argv[1])
    if settings.uid is None:
        harden()
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    while (frame := read_frame()) is not None:
        try:
            if frame["op"] == "base":
                answer = set_base(frame, settings)
            else:
                answer = run(frame, settings, wake)
        except OSError as error:
            answer = {"error": str(error), "clean": False}
        write_frame(answer)


if __name__ == "__main__":
    main()
