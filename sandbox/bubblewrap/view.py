"""What a command in bubblewrap sees, as arguments of `bwrap`.

The system's libraries and programs, the interpreter and the environment, all read-only, and the
base tree below an overlay whose writes vanish with it. Nothing of ``/`` is bound as a whole: even
a read-only bind would let the sandbox connect to the host's sockets.
"""

from collections.abc import Iterator
from pathlib import Path

from sandbox.environments import ENVIRONMENT, Interpreter
from sandbox.protocol import INPUTS, OUTPUTS, WORKSPACE

PASSWD = b"root:x:0:0::/root:/bin/sh\nsandbox:x:1000:1000::/home:/bin/sh\n"
GROUP = b"root:x:0:\nsandbox:x:1000:\n"
RUNNER = "/runner"

NAMESPACES = [
    "--unshare-user",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--disable-userns",
    "--die-with-parent",
    "--new-session",
    "--as-pid-1",
    "--cap-drop",
    "ALL",
    "--clearenv",
    "--uid",
    "1000",
    "--gid",
    "1000",
    "--hostname",
    "sandbox",
]
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_ETC = ("/etc/ld.so.cache", "/etc/alternatives")
_SMALL_MB = 64


def overlay(lower: Path) -> list[str]:
    """A workspace that is `lower` until it is written to."""
    return ["--overlay-src", str(lower), "--tmp-overlay", WORKSPACE]


def view(environment: Path, base: Interpreter, runner: Path, disk_mb: int) -> list[str]:
    """Everything but the workspace and the files that come through descriptors."""
    bound = ["--ro-bind", str(environment), ENVIRONMENT, "--ro-bind", str(runner), RUNNER]
    seen = [*_empty(disk_mb), *_system(), *_python(base), *bound]
    return ["--proc", "/proc", "--dev", "/dev", *seen]


def _empty(disk_mb: int) -> Iterator[str]:
    for folder, mode, size in (
        *((folder, "1777", disk_mb) for folder in ("/tmp", OUTPUTS)),  # noqa: S108
        *((folder, "0755", _SMALL_MB) for folder in ("/home", "/root", "/run", "/var", "/mnt")),
        ("/dev/shm", "1777", _SMALL_MB),  # noqa: S108
    ):
        yield from ("--perms", mode, "--size", str(size << 20), "--tmpfs", folder)
    yield from ("--dir", INPUTS)


def _system() -> Iterator[str]:
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    for name in _ETC:
        yield from ("--ro-bind-try", name, name)


def _python(base: Interpreter) -> Iterator[str]:
    if not base.prefix.is_relative_to("/usr"):
        yield from ("--ro-bind", str(base.prefix), str(base.prefix))
    # What the user installed next to the interpreter is no part of any environment.
    for packages in ("site-packages", "dist-packages"):
        where = base.library / packages
        if where.is_dir():
            yield from ("--tmpfs", str(where), "--remount-ro", str(where))
