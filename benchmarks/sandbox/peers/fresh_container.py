"""A fresh container for each state, the repository in its image: `docker run` and `git apply`."""

import contextlib
from collections.abc import Iterator

from benchmarks.sandbox import images, repositories
from benchmarks.sandbox.bench import Bench
from benchmarks.sandbox.patches import patches
from benchmarks.sandbox.peers import docker_run
from benchmarks.sandbox.timing import Step, timed


@contextlib.contextmanager
def opened(bench: Bench) -> Iterator[Step]:
    """The step is the container's whole life."""
    folder = f"{images.REPOSITORIES}/{repositories.FILES}"
    argv = ("git", "apply", "-")
    command = docker_run.command(bench, *argv, flags=docker_run.WRITABLE, folder=folder)
    diffs = patches()
    yield lambda: timed(lambda: docker_run.run(command, next(diffs)))
