"""The command line as a user starts it: a process with folders of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
ISSUE = ROOT / "examples" / "leap-year.md"
SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as the one JSON object that it should be."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def told(self) -> str:
        """Both streams on one line: boxes and line breaks are the terminal's business."""
        return " ".join((self.out + self.err).replace("│", " ").split())


@dataclass(frozen=True, slots=True)
class Cli:
    """Starts `budwood` in `home`, with data there and a cache that other tests share."""

    home: Path
    cache: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, before: tuple[str, ...] = (), **variables: str) -> Ended:
        """`before`: a command that starts the command."""
        done = subprocess.run(
            [*before, *self.command(*arguments)],
            cwd=self.home,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        ended = Ended(done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in ended.err
        assert list(self.temporary.iterdir()) == []
        return ended

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Under way, in a process group of its own; killed at the latest at the block's end."""
        with subprocess.Popen(
            self.command(*arguments),
            cwd=self.home,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-W", "error", "-m", "service.cli", *arguments]

    @property
    def temporary(self) -> Path:
        """Where the command's temporary files would lie."""
        folder = self.home / "tmp"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def database(self) -> Path:
        return self.home / "data" / "budwood" / "budwood.db"

    def environment(self, **variables: str) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("BUDWOOD_", "OPENAI_"))
        }
        return {
            **inherited,
            "PYTHONPATH": str(ROOT),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CACHE_HOME": str(self.cache),
            "TMPDIR": str(self.temporary),
            "BUDWOOD_SANDBOX": "bubblewrap",
            **self.variables,
            **variables,
        }


def git(*arguments: str, at: Path | None = None) -> str:
    """What git prints."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=at, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def committed(repository: Path, **files: str) -> Path:
    """The repository with files added (``__`` stands for ``/``) and committed."""
    for name, content in files.items():
        path = repository / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    git("add", "-A", at=repository)
    git("commit", "--quiet", "--message=more", at=repository)
    return repository


def statement(folder: Path, code: str) -> str:
    """The path of an issue with some code."""
    path = folder / "issue.md"
    path.write_text(f"It is wrong.\n\n```python\n{code}\n```\n")
    return str(path)
