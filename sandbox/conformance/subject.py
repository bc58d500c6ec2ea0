"""What a check gets, the registry of checks, and the repository that they run on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox import git
from sandbox.errors import SandboxError
from sandbox.protocol import (
    EnvironmentId,
    RunResult,
    RunSpec,
    Sandbox,
    StateId,
)

FILES = {
    "pkg/__init__.py": b"",
    "pkg/value.py": b"VALUE = 1\n",
    "binary.dat": bytes(range(256)),
    "windows.txt": b"one\r\ntwo\r\n",
    "unended.txt": b"no newline at the end",
    "names/\u00fcml\u00e4ut \u6587.txt": b"non-ASCII name\n",
    "names/with blank.txt": b"blank\n",
    "gone/only.txt": b"to be removed\n",
}
PROGRAM, LINK = "tool.sh", "link"


@dataclass(frozen=True, slots=True)
class Subject:
    """A provider with an environment and the state of `lay_repository`'s commit."""

    sandbox: Sandbox
    environment: EnvironmentId
    base: StateId

    def run(self, *argv: str, state: StateId | None = None, **limits: object) -> RunResult:
        """Run on the base or another state; `limits` are fields of `RunSpec`."""
        spec = RunSpec(argv=argv, **limits)  # type: ignore[arg-type]
        return self.sandbox.run(self.environment, self.base, state or self.base, spec)

    def python(self, code: str, state: StateId | None = None, **limits: object) -> RunResult:
        """Run a line of Python."""
        return self.run("python", "-c", code, state=state, **limits)


Check = Callable[[Subject], None]
CHECKS: dict[str, Check] = {}
EXECUTING: set[str] = set()


def lay_repository(folder: Path) -> None:
    """Make a repository with one commit: `FILES`, a program, and a symlink."""
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / PROGRAM).write_bytes(b"#!/bin/sh\necho tool\n")
    (folder / PROGRAM).chmod(0o755)
    (folder / LINK).symlink_to("pkg/value.py")
    place, who = f"--work-tree={folder}", ("-c", "user.name=t", "-c", "user.email=t@t")
    for arguments in (["init", "-q"], [place, "add", "-A"], [place, *who, "commit", "-qm", "base"]):
        done = git.run(folder / ".git", *arguments)
        expect(done.returncode == 0, git.message(done))


def expect(holds: bool, otherwise: object) -> None:
    """Raise AssertionError with what was seen instead."""
    if not holds:
        raise AssertionError(otherwise)


def only_our_processes(subject: Subject) -> None:
    """Raise AssertionError where a command is not the only process of its user's, but the first."""
    code = (
        "import os\n"
        "pids = [int(n) for n in os.listdir('/proc') if n.isdigit()]\n"
        "print([p for p in pids if p != 1 and os.stat(f'/proc/{p}').st_uid == os.getuid()]"
        " == [os.getpid()])\n"
    )
    seen = subject.python(code)
    expect(seen.stdout.text == "True\n", f"another process is there: {seen}")


def stored(check: Check) -> Check:
    """A check of the states alone."""
    CHECKS[check.__name__] = check
    return check


def executed(check: Check) -> Check:
    """A check that needs a process to be started."""
    EXECUTING.add(check.__name__)
    return stored(check)


def refused(kind: type[SandboxError], act: Callable[[], object]) -> None:
    try:
        answer = act()
    except kind:
        return
    raise AssertionError(f"{kind.__name__} was not raised; the answer was {answer!r}")
