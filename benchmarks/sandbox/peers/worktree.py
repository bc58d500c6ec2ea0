"""A worktree for each state: `git worktree add` on a tmpfs, then `git apply`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from benchmarks.sandbox import repositories
from benchmarks.sandbox.bench import Bench
from benchmarks.sandbox.patches import patches
from benchmarks.sandbox.peers.copies import in_memory
from benchmarks.sandbox.timing import Step, timed


@contextlib.contextmanager
def opened(bench: Bench) -> Iterator[Step]:
    """The step does not count the worktree's removal."""
    repository = bench.repository(repositories.FILES)
    diffs = patches()

    def add(target: Path, diff: bytes) -> None:
        repositories.git(repository, "worktree", "add", "-q", "--detach", str(target), "HEAD")
        repositories.git(target, "apply", "-", stdin=diff)

    def step() -> float:
        with in_memory() as folder:
            target, diff = folder / "tree", next(diffs)
            taken = timed(lambda: add(target, diff))
            repositories.git(repository, "worktree", "remove", "--force", str(target))
        return taken

    yield step
