"""The log of one build: what was asked for, every command, and what it said."""

import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from sandbox.errors import EnvironmentBuildFailed

_LINES = 15
_STEP_S = 900
_TAIL_BYTES = 16_384
_REMEDY = (
    "the packages could not be installed; only wheels are, since building a source "
    "distribution would run its code on this host. Check the names, pip's index "
    "(`pip config list`) and the network, or give an image that has them"
)


class BuildLog:
    """A file that grows while an environment is built, and stays beside it."""

    def __init__(self, path: Path) -> None:
        """Begins anew; the folder must be there."""
        self.path = path
        self._began = time.monotonic()
        path.write_text("")

    @property
    def seconds(self) -> float:
        """How long the build has taken so far."""
        return time.monotonic() - self._began

    def say(self, title: str, lines: Iterable[str] = ()) -> None:
        """Write a line, and others below it."""
        with self.path.open("a") as file:
            file.write(f"# {title}\n")
            file.writelines(f"#   {line}\n" for line in lines)

    def run(self, command: list[str]) -> int:
        """Run a command with its output in the log; answer its exit code.

        Raises: EnvironmentBuildFailed when it takes too long.
        """
        # pip needs the user's index, proxy and certificates; nothing that would steer Python.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self.say(f"{self.seconds:.1f} s: {' '.join(command)}")
        try:
            with self.path.open("ab") as file:
                done = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    # pip takes a name for a file, and Python a file for pip, where it finds them
                    cwd="/",
                    env=kept,
                    timeout=_STEP_S,
                    check=False,
                )
        except subprocess.TimeoutExpired as error:
            self.say(f"gave up after {_STEP_S} s")
            raise self.failed(f"gave up after {_STEP_S} s") from error
        return done.returncode

    def step(self, command: list[str]) -> None:
        """Run a command that must succeed. Raises: EnvironmentBuildFailed."""
        if code := self.run(command):
            self.say(f"exit code {code}")
            raise self.failed(_REMEDY)

    def failed(self, why: str) -> EnvironmentBuildFailed:
        """An error that names the log and ends with its last lines."""
        return EnvironmentBuildFailed(
            f"{why}. It is all in {self.path}; the log's end:\n{self.tail()}"
        )

    def tail(self) -> str:
        """The last lines."""
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - _TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
        return "\n".join(text.splitlines()[-_LINES:])
