"""`docker exec` into a warm container, by docker-py and by the command line."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.sandbox.bench import Bench
from benchmarks.sandbox.peers import docker_run
from benchmarks.sandbox.timing import Step, bare, timed


@dataclass(frozen=True, slots=True)
class Exec:
    """Both ways into one container."""

    library: Step
    program: Step


@contextlib.contextmanager
def warm(bench: Bench) -> Iterator[Exec]:
    """A hardened container that waits, removed at the end."""
    start = docker_run.command(bench, "sleep", "infinity", flags=[*docker_run.HARDENED, "--detach"])
    started = subprocess.run(start, capture_output=True, text=True, check=True)
    name = started.stdout.strip()
    container = bench.client.containers.get(name)

    def call() -> None:
        code = container.exec_run(["/bin/true"]).exit_code
        if code != 0:
            raise RuntimeError(f"exec ended {code}")

    try:
        yield Exec(lambda: timed(call), bare("docker", "exec", name, "/bin/true"))
    finally:
        container.remove(force=True)
