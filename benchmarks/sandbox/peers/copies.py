"""A copy for each state: `cp -a` of the working tree to a tmpfs, and the changed file."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.sandbox import repositories
from benchmarks.sandbox.bench import Bench
from benchmarks.sandbox.timing import Step, timed

_SHARED_MEMORY = "/dev/shm"  # noqa: S108


@contextlib.contextmanager
def in_memory() -> Iterator[Path]:
    """A temporary folder on a tmpfs."""
    with tempfile.TemporaryDirectory(prefix="budwood-bench-", dir=_SHARED_MEMORY) as name:
        yield Path(name)


@contextlib.contextmanager
def opened(bench: Bench) -> Iterator[Step]:
    """The step does not count the copy's removal; git's own folder is not copied."""
    repository = bench.repository(repositories.FILES)
    entries = [str(entry) for entry in repository.iterdir() if entry.name != ".git"]
    changed = repositories.module(0, "changed")

    def copy(folder: Path) -> None:
        subprocess.run(["cp", "-a", *entries, str(folder)], check=True)
        (folder / repositories.EDITED).write_bytes(changed)

    def step() -> float:
        with in_memory() as folder:
            return timed(lambda: copy(folder))

    yield step
