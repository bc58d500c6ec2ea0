"""The process inside of a sandbox that starts commands and says what became of them.

One file, standard library only, never imports ours: providers send it in as text. It should be
process 1 of its own pid namespace, for then ``kill(-1, SIGKILL)`` ends everything else there.

Frames on stdin and stdout: a length of 4 bytes (big endian), then JSON; binary is base64.

    {"op": "base", "id": …, "items": […]}     keep a read-only tree that runs start from
    {"op": "run", "items": […], "argv": […], …}   lay items over the workspace, run, report

An item is ``[path, mode, content]``: a git mode, 0 to remove. Every frame is answered by one;
the end of stdin ends the process. argv[1] is a JSON object of settings, see `Settings`.
"""

import binascii
import json
import os
import resource
import select
import signal
import stat
import sys
import time
from collections.abc import Callable
from typing import Any

WORKSPACE, INPUTS, OUTPUTS = b"/workspace", b"/inputs", b"/outputs"
FRAME_BYTES = 1024 * 1024 * 1024
FLOOD_BYTES = 256 * 1024 * 1024
LINK = 0o120000
CGROUP = "/sys/fs/cgroup/"
OOM_FILES = (CGROUP + "memory/memory.oom_control", CGROUP + "memory.events")
PIDS_FILES = (CGROUP + "pids/pids.events", CGROUP + "pids.events")
PR_SET_DUMPABLE = 4

Json = dict[str, Any]


class Settings:
    """What the provider decided once: see each attribute."""

    def __init__(self, text: str) -> None:
        given = json.loads(text)
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


# --- frames -----------------------------------------------------------------------------------


def read_exactly(count: int) -> bytes | None:
    parts = []
    while count:
        part = os.read(0, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame() -> Json | None:
    header = read_exactly(4)
    length = int.from_bytes(header, "big") if header else 0
    if not header or length > FRAME_BYTES:
        return None
    body = read_exactly(length)
    if body is None:
        return None
    frame: Json = json.loads(body)
    return frame


def write_frame(frame: Json) -> None:
    body = json.dumps(frame).encode()
    view = memoryview(len(body).to_bytes(4, "big") + body)
    while view:
        view = view[os.write(1, view) :]


def encode(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode()


# --- files ------------------------------------------------------------------------------------


def empty(folder: bytes) -> bool:
    """Remove everything in a folder, however deep; False where something stayed."""
    pending = [folder]
    while pending:
        here = pending[-1]
        below = []
        try:
            if os.lstat(here).st_uid == os.geteuid():
                os.chmod(here, 0o755)
            for entry in os.scandir(here):
                if entry.is_dir(follow_symlinks=False):
                    below.append(entry.path)
                else:
                    os.unlink(entry.path)
            if below:
                pending += below
                continue
            if here != folder:
                os.rmdir(here)
        except OSError:
            return False
        pending.pop()
    return True


def write_file(path: bytes, content: bytes, mode: int) -> None:
    # The mode is set at the end: a file that may not be written can still be made.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        os.fchmod(handle, mode)


def prune(root: bytes, folder: bytes) -> None:
    """Git knows no empty folders: remove those that a removal left behind."""
    while len(folder) > len(root):
        try:
            os.rmdir(folder)
        except OSError:
            return
        folder = os.path.dirname(folder)


def lay(root: bytes, items: list[list[Any]]) -> None:
    """Carry out items in a folder that nobody else writes to: removals first."""
    paths = [root + b"/" + item[0].encode("utf-8", "surrogateescape") for item in items]
    for path in paths:
        if os.path.lexists(path) and (os.path.islink(path) or not os.path.isdir(path)):
            os.unlink(path)
            prune(root, os.path.dirname(path))
    for path, (_, mode, content) in zip(paths, items):
        if mode == 0:
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = binascii.a2b_base64(content)
        if mode == LINK:
            os.symlink(data, path)
        else:
            write_file(path, data, mode & 0o777)


def copy_tree(source: bytes, target: bytes) -> None:
    for entry in os.scandir(source):
        goal = target + b"/" + entry.name
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), goal)
        elif entry.is_dir():
            os.mkdir(goal)
            copy_tree(entry.path, goal)
        else:
            with open(entry.path, "rb") as file:
                write_file(goal, file.read(), entry.stat().st_mode & 0o777)


def harvest(folder: bytes, names: list[str], limit: int) -> Json:
    """Regular files of at most `limit` bytes, never through a symlink."""
    found = {}
    for name in names:
        if "/" in name or name in ("", ".", ".."):
            continue
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            handle = os.open(folder + b"/" + name.encode("utf-8", "surrogateescape"), flags)
        except OSError:
            continue
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            content = b""
            if stat.S_ISREG(status.st_mode) and status.st_size <= limit:
                content = file.read(limit + 1)
            if stat.S_ISREG(status.st_mode) and max(status.st_size, len(content)) <= limit:
                found[name] = encode(content)
    return found


def become(uid: int | None) -> None:
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def as_user(uid: int | None, work: Callable[[], Any]) -> Any:
    """The JSON value of `work()`, done by a child of that user. Raises: OSError."""
    if uid is None:
        return work()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            become(uid)
            answer = json.dumps([True, work()])
        except OSError as error:
            answer = json.dumps([False, str(error)])
        with os.fdopen(writing, "w") as file:
            file.write(answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        text = file.read()
    os.waitpid(child, 0)
    well, value = json.loads(text or '[false, "the helper process died"]')
    if not well:
        raise OSError(value)
    return value


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
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


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
        if left.f_bavail * left.f_frsize < 65536 or (left.f_files and not left.f_ffree):
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
        "disk_limit": full([settings.workspace, settings.outputs, *settings.scratch]),
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
    answer["artefacts"] = as_user(
        settings.uid, lambda: harvest(settings.outputs, names, largest)
    )
    answer["clean"] = tidy(settings)
    return answer


def tidy(settings: Settings) -> bool:
    """Leave nothing for the next run; False where something stayed."""
    if not settings.scratch:
        return True
    return bool(
        as_user(settings.uid, lambda: all([empty(folder) for folder in settings.scratch]))
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
