"""What every measure gets: a folder, sandboxes with their repositories, an image for the peers."""

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import docker

from benchmarks.sandbox import images, repositories
from sandbox import owners
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.docker import DockerSandbox
from sandbox.protocol import EnvironmentId, EnvironmentSpec, RunResult, RunSpec, Sandbox, StateId
from sandbox.states import GitStates

LABEL = "budwood.owner"


@dataclass(frozen=True, slots=True)
class Place:
    """A sandbox with an environment and a base in it."""

    sandbox: Sandbox
    environment: EnvironmentId
    base: StateId
    _numbers: Iterator[int] = field(default_factory=count)

    def run(self, *argv: str, state: StateId | None = None, **options: Any) -> RunResult:
        """Run on a state, else on the base. Raises: RuntimeError when the command does not succeed."""
        spec = RunSpec(argv=argv, **options)
        result = self.sandbox.run(self.environment, self.base, state or self.base, spec)
        if result.outcome != "ok":
            raise RuntimeError(
                f"{argv} ended {result.outcome}: {(result.stderr.text or result.stdout.text)[-900:]}"
            )
        return result

    def beyond(self, *argv: str, state: StateId | None = None) -> float:
        """How long a run takes beyond the time of its command, in ms."""
        begun = time.perf_counter()
        inside = self.run(*argv, state=state).wall_s
        return (time.perf_counter() - begun - inside) * 1000

    def another(self) -> StateId:
        """A state that has never been asked for: the base with one file changed."""
        changed = repositories.module(0, f"edit {next(self._numbers)}")
        return self.sandbox.states.fork(self.base, {repositories.EDITED: changed})


class Bench:
    """One run of the benchmark. `quick` is for finding out whether it works at all."""

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self.cache.mkdir()
        self.quick = quick
        self.client = docker.DockerClient(timeout=120)

    def rounds(self, full: int) -> int:
        """How often to measure what deserves `full` rounds."""
        return min(full, 3) if self.quick else full

    @contextlib.contextmanager
    def docker(self, files: int, **options: Any) -> Iterator[Place]:
        """A Docker sandbox on a repository of so many files."""
        with contextlib.closing(self._states()) as states:
            repository = self.repository(files)
            yield from self._place(DockerSandbox(states, self.cache, **options), repository)

    @contextlib.contextmanager
    def place(self, repository: Path, spec: EnvironmentSpec) -> Iterator[Place]:
        """A Docker sandbox of one slot on any repository and environment."""
        with contextlib.closing(self._states()) as states:
            sandbox = DockerSandbox(states, self.cache, slots=1)
            yield from self._place(sandbox, repository, spec)

    @contextlib.contextmanager
    def bubblewrap(self, files: int) -> Iterator[Place]:
        """The same in bubblewrap."""
        with contextlib.closing(self._states()) as states:
            repository = self.repository(files)
            yield from self._place(BubblewrapSandbox(states, self.cache), repository)

    def repository(self, files: int) -> Path:
        """A git repository of so many files, made once."""
        folder = self.folder / f"repository-{files}"
        if not folder.is_dir():
            folder.mkdir()
            repositories.lay(folder, repositories.files(files))
        return folder

    @cached_property
    def image(self) -> str:
        """For the peers: our environment, git, and the repositories in ``/repositories``."""
        say("building the image for the peers")
        sizes = (repositories.LIBRARY_FILES, repositories.FILES)
        laid = {str(size): self.repository(size) for size in sizes}
        return images.build(self.client, self.cache, EnvironmentSpec(), laid)

    @property
    def labels(self) -> list[str]:
        """Arguments of `docker run` by which a later reap finds what a killed benchmark left."""
        return ["--label", f"{LABEL}={owners.me()}"]

    def close(self) -> None:
        """Remove the peers' images."""
        images.remove_all(self.client)
        self.client.close()

    def _states(self) -> GitStates:
        return GitStates(self.cache / "states")

    def _place(
        self, sandbox: Sandbox, repository: Path, spec: EnvironmentSpec | None = None
    ) -> Iterator[Place]:
        with contextlib.closing(sandbox):
            environment = sandbox.prepare(spec or EnvironmentSpec())
            base, _ = sandbox.states.import_commit(repository, "HEAD")
            yield Place(sandbox, environment, base)


@contextlib.contextmanager
def opened(*, quick: bool) -> Iterator[Bench]:
    """A benchmark whose temporary files all lie in one folder, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="budwood-bench-") as name:
        # So that whatever asks for a temporary file is seen to leave it.
        tempfile.tempdir = str(Path(name) / "temporary")
        Path(tempfile.tempdir).mkdir()
        bench = Bench(Path(name), quick=quick)
        try:
            yield bench
        finally:
            bench.close()
            tempfile.tempdir = None


def say(what: str) -> None:
    """Progress, for whoever waits."""
    print(f"  {what}", file=sys.stderr, flush=True)
