"""Part of the fork server: how a cold interpreter would understand a command."""

# ruff: noqa: PTH109, PTH117, PTH120, PTH123

from __future__ import annotations

import os
import shutil
import sys

from sandbox.zygote.startup import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.zygote.startup import Json


class Cold(Exception):
    """This run must be a cold process; the message says why."""


class Command:
    """What is to be run, and as what. Raises: Cold, OSError."""

    def __init__(self, frame: Json) -> None:
        self.argv: list[str] = frame["argv"]
        self.env: dict[str, str] = frame["env"]
        self.cwd: str = frame["cwd"]
        self.uid: int | None = frame.get("uid")
        self.limits: list[list[int]] = frame.get("limits", [])
        self.executable, self.original = self._locate()
        words = self.original[1:]
        self.kind, self.what = "script", ""
        if words[:1] in (["-m"], ["-c"]) and len(words) > 1:
            self.kind, self.what, self.arguments = words[0], words[1], [words[0], *words[2:]]
        elif words and not words[0].startswith("-"):
            self.what, self.arguments = words[0], words
        else:
            raise Cold("the interpreter is given options, or nothing to run")
        if self.kind == "-c" and VERSION >= (3, 13):
            raise Cold("this interpreter shows the source of -c in tracebacks")

    def _locate(self) -> tuple[str, list[str]]:
        """The interpreter, and how it is called."""
        program = self.argv[0]
        found = shutil.which(program, path=self.env.get("PATH", os.defpath)) or ""
        if not os.path.isabs(found):
            raise Cold(f"{program} is not an absolute path, or not found")
        if is_interpreter(found):
            return found, self.argv
        with open(found, "rb") as file:
            line = file.readline(256)
        executable = os.fsdecode(line[2:].strip())
        if line[:2] != b"#!" or not is_interpreter(executable):
            raise Cold(f"{program} is not run by this interpreter")
        return executable, [executable, found, *self.argv[1:]]

    def named(self) -> list[str]:
        """What PYTHONPATH adds to `sys.path`; to be asked in the run's own folder."""
        given = self.env.get("PYTHONPATH")
        entries = given.split(os.pathsep) if given else []
        return list(dict.fromkeys(map(os.path.abspath, entries)))

    def entries(self) -> list[str]:
        """The start of `sys.path`, before the environment; to be asked in the run's own folder."""
        if getattr(sys.flags, "safe_path", False):
            return self.named()
        if self.kind == "script":
            return [os.path.dirname(os.path.realpath(self.what)), *self.named()]
        return [os.getcwd() if self.kind == "-m" else "", *self.named()]


def is_interpreter(path: str) -> bool:
    """Whether a path is this interpreter, of this environment, under whatever name."""
    folder, name = os.path.split(path)
    return (
        folder == os.path.dirname(sys.executable)
        and name.startswith("python")
        and os.path.realpath(path) == os.path.realpath(sys.executable)
    )
