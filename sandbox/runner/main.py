"""Last part of the runner: settings, the two operations, and the loop that answers frames."""

# ruff: noqa: PTH106, PTH112, PTH208, PTH211, S606

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]
import binascii
import errno
import os
import struct
import sys

from sandbox.runner.command import Place, execute
from sandbox.runner.files import Acting, become, empty, harvest, lay, lines_of
from sandbox.runner.forker import Forker
from sandbox.runner.frames import encode, parse, read_frame, write_frame
from sandbox.runner.inventory import LAID_NS
from sandbox.runner.workspace import Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sandbox.runner.frames import Json

WORKSPACE, INPUTS, OUTPUTS = b"/workspace", b"/inputs", b"/outputs"
PR_SET_DUMPABLE, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 4, 22, 2
QUEUES = ("shm", "msg", "sem")
FULL = (errno.ENOSPC, errno.EDQUOT)


class Settings:
    """What the provider decided once: see each attribute."""

    def __init__(self, text: str) -> None:
        given = parse(text)
        self.uid: int | None = given.get("uid")
        """User of the command; None: the runner's own."""
        self.keeper: int | None = given.get("keeper")
        """User that owns the base and the inputs, which the command can only read."""
        self.server: int | None = given.get("server")
        """User of the fork server, whose program is argv[2]; None: every run starts cold."""
        self.env: dict[str, str] = given.get("env", {})
        """The image's own environment, for programs that no run chooses."""
        self.workspace: bytes = given.get("workspace", WORKSPACE.decode()).encode()
        self.outputs: bytes = given.get("outputs", OUTPUTS.decode()).encode()
        self.base: bytes | None = given["base"].encode() if given.get("base") else None
        """Where the base tree is kept; None: the workspace has it before the only run."""
        self.scratch: list[bytes] = [path.encode() for path in given.get("scratch", [])]
        """Folders emptied after every run; none where a sandbox serves only one."""
        self.alias: bool = given.get("alias", False)
        """Whether the workspace, which lies elsewhere, is to be found at the usual place too."""
        self.leash: bool = given.get("leash", False)
        """Whether stdin ends with our worker alone, so that a run must end with it."""
        self.filter: bytes = binascii.a2b_base64(given.get("filter", ""))
        """Which system calls may be made: a program for seccomp."""
        self.events: bool = given.get("events", True)
        """Whether changes may be learnt from the kernel's events."""
        self.audit: bool = given.get("audit", False)
        """Whether every workspace is compared in full with what it should be: for tests."""


class Runner:
    """Answers one frame after the other."""

    def __init__(self, settings: Settings, wake: int) -> None:
        self.settings, self.wake = settings, wake
        self.forker: Forker | None = None
        if settings.server is not None:
            self.forker = Forker(settings.server, sys.argv[2], settings.env)
        self.workspace: Workspace | None = None
        if settings.base:
            self.workspace = Workspace(settings.workspace, settings.base, events=settings.events)

    def answers(self, frame: Json) -> Iterator[Json]:
        """Raises: OSError; then nothing in this sandbox can be relied on."""
        if frame["op"] == "base":
            yield self.set_base(frame)
            return
        if frame["op"] == "preload":
            yield self.preload(frame["modules"])
            return
        yield self.run(frame)
        if self.workspace is not None:
            # Whoever waits for the result does not wait for this.
            yield {"clean": self.tidy(self.workspace)}

    def set_base(self, frame: Json) -> Json:
        """Keep another base tree, compile it, and make the workspace its copy."""
        if self.workspace is None:
            raise OSError("this runner keeps no base")
        base, keeper = self.workspace.base, self.settings.keeper

        def work() -> None:
            become(keeper)
            if not empty(base):
                raise OSError("the old base could not be removed")
            large = read_frame()
            if large is None:
                raise OSError("the frame with the base's files did not come")
            lay(base, large["items"])
            quietly(frame["compile"], self.settings.env, base)

        # A large heap would make each later fork slower: a child has it, and takes it along.
        in_child(work)
        with Acting(self.settings.uid):
            self.workspace.fill()
        return {"base": frame["id"], "restore": self.workspace.way}

    def preload(self, modules: list[str]) -> Json:
        """Have the fork server import modules; what they leave in temporary folders goes."""
        if self.forker is None:
            return {"cold": "there is no fork server"}
        answer = self.forker.preload(modules)
        with Acting(self.forker.uid):
            for folder in self.settings.scratch:
                empty(folder)
        return {"cold": answer.get("cold") or answer.get("unsafe")}

    def run(self, frame: Json) -> Json:
        settings, workspace = self.settings, self.workspace
        items, stale = frame["items"], []
        try:
            with Acting(settings.uid):
                if workspace is None:
                    lay(settings.workspace, items)
                else:
                    workspace.lay(items)
                    stale = workspace.audit(items) if settings.audit else []
        except OSError as error:
            if error.errno not in FULL:
                raise
            return unfit(error)
        if frame["inputs"]:
            inputs = [[name, 0o100644, content] for name, content in frame["inputs"].items()]
            with Acting(settings.keeper):
                lay(INPUTS, inputs)
        folder = os.path.join(settings.workspace, frame["cwd"].encode("utf-8", "surrogateescape"))  # noqa: PTH118
        writable = [settings.workspace, settings.outputs, b"/tmp", *settings.scratch]
        leash = [0] if settings.leash else []
        place = Place(settings.uid, folder, writable, self.wake, leash)
        answer = execute(frame, place, self.forker)
        with Acting(settings.uid):
            names, largest = frame["artefacts"], frame["artefact_bytes"]
            answer["artefacts"] = harvest(settings.outputs, names, largest)
        answer["stale"] = stale
        answer["serving"] = self.forker is not None and self.forker.socket is not None
        return answer

    def tidy(self, workspace: Workspace) -> bool:
        """Leave nothing for the next run; False where something stayed."""
        try:
            with Acting(self.settings.uid):
                workspace.mend()
                emptied = [empty(folder) for folder in self.settings.scratch]
                date(self.settings.scratch)
            with Acting(self.settings.keeper):
                emptied.append(empty(INPUTS))
            date(self.settings.scratch)
        except OSError:
            return False
        return all(emptied) and not kernel_remembers()


def in_child(work: Callable[[], None]) -> None:
    """Have a child do it, to its end. Raises: OSError with what the child raised."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = "a child process died"
        try:
            work()
            said = ""
        except OSError as error:
            said = str(error) or repr(error)
        finally:
            os.write(writing, said.encode("utf-8", "replace")[:4096])
            os._exit(1 if said else 0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        said = file.read().decode()
    _, status = os.waitpid(child, 0)
    if status:
        raise OSError(said or "a child process was killed")


def quietly(argv: list[str], env: dict[str, str], folder: bytes) -> None:
    """Run a program to its end; what it says and how it ends is of no interest."""
    child = os.fork()
    if child == 0:
        try:
            null = os.open("/dev/null", os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(null, number)
            os.chdir(folder)
            os.execvpe(argv[0], argv, env)
        finally:
            os._exit(127)
    os.waitpid(child, 0)


def unfit(error: OSError) -> Json:
    """The report of a run whose files do not fit in."""
    empty_stream = {"head": "", "tail": "", "dropped": 0}
    said = f"the state does not fit into the workspace: {error}\n".encode("utf-8", "replace")
    return {
        "outcome": "disk_limit",
        "exit_code": None,
        "signal": None,
        "stdout": empty_stream,
        "stderr": {"head": encode(said), "tail": "", "dropped": 0},
        "wall_s": 0.0,
        "cpu_s": 0.0,
        "peak_mb": 0.0,
        "artefacts": {},
    }


def date(folders: list[bytes]) -> None:
    """Give those of them that are ours the time that all have."""
    for folder in folders:
        if os.lstat(folder).st_uid == os.geteuid():
            os.utime(folder, ns=(LAID_NS, LAID_NS))


def kernel_remembers() -> bool:
    """Whether a run left shared memory, messages, semaphores or connections: they outlive it."""
    if any(len(lines_of("/proc/sysvipc/" + name)) > 1 for name in QUEUES):
        return True
    # TCP: inuse 0 orphan 0 tw 0 …, of this network; /proc/net/tcp would cost 4 ms.
    counts = [line.split() for line in lines_of("/proc/net/sockstat") if line.startswith("TCP:")]
    return any(words[2] != "0" or words[6] != "0" for words in counts)


def harden() -> None:
    """Where the command is of our user, keep it from tracing us and opening our descriptors."""
    try:
        # `ctypes` without its package, which costs 5 ms where every run has a runner of its own.
        direct: Any = __import__("_ctypes")
        where = direct.dlsym(direct.dlopen(None, 0), "prctl")
        failed = direct.call_function(where, (PR_SET_DUMPABLE, 0, 0, 0, 0))
    except (ImportError, AttributeError):
        import ctypes  # noqa: PLC0415

        failed = ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if failed:
        raise OSError("prctl(PR_SET_DUMPABLE) failed")


def shut(program: bytes) -> None:
    """Let this process, and all that come of it, make no system calls but those of a filter."""
    import ctypes  # noqa: PLC0415

    length, step = len(program) // 8, ctypes.create_string_buffer(program)
    filter_ = struct.pack("HxxxxxxQ", length, ctypes.addressof(step))
    if ctypes.CDLL(None).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_, 0, 0):
        raise OSError("prctl(PR_SET_SECCOMP) failed")


def close_inherited() -> None:
    """What we open ourselves is closed in every program that we start; so are these from now on."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:  # noqa: PLR2004
            try:
                os.set_inheritable(int(name), False)
            except OSError:
                continue  # the listing's own


def main() -> None:
    close_inherited()
    settings = Settings(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # which process 1 does not heed
    if settings.filter:
        shut(settings.filter)
    if settings.uid is None:
        harden()
    else:
        os.setgroups([])
    if settings.alias:
        if os.path.isdir(WORKSPACE):
            os.rmdir(WORKSPACE)
        os.symlink(settings.workspace, WORKSPACE)
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    runner = Runner(settings, wake)
    while (frame := read_frame()) is not None:
        try:
            for answer in runner.answers(frame):
                write_frame(answer)
        except OSError as error:
            write_frame({"error": str(error)})


if __name__ == "__main__":
    main()
