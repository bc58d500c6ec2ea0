"""Little repositories, run for real."""

import subprocess
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.conformance import Subject
from sandbox.protocol import EnvironmentId, RunResult
from sandbox.testruns import Shard, TestReport, TestRunner


@dataclass(frozen=True, slots=True)
class Place:
    """Where projects run: a sandbox, an environment, a folder to lay repositories in."""

    subject: Subject
    folder: Path
    environment: EnvironmentId | None = None

    def result(
        self,
        files: Mapping[str, str],
        runner: TestRunner,
        only: Sequence[str] = (),
        *,
        shard: Shard | None = None,
        wall_s: float = 60.0,
    ) -> RunResult:
        repository = self.folder / "repository"
        if not repository.exists():
            lay(repository, files)
        sandbox = self.subject.sandbox
        base, _ = sandbox.states.import_commit(repository, "HEAD")
        spec = runner.spec(only, shard=shard, wall_s=wall_s)
        return sandbox.run(self.environment or self.subject.environment, base, base, spec)

    def run(
        self,
        files: Mapping[str, str],
        runner: TestRunner,
        only: Sequence[str] = (),
        *,
        shard: Shard | None = None,
        wall_s: float = 60.0,
    ) -> TestReport:
        """What a repository of these files says; further runs are of the same repository."""
        return runner.read(self.result(files, runner, only, shard=shard, wall_s=wall_s), only)


def lay(repository: Path, files: Mapping[str, str]) -> None:
    repository.mkdir()
    for path, text in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(textwrap.dedent(text))
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm base"):
        subprocess.run(["git", *command.split()], cwd=repository, check=True)
