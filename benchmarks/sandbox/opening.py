"""Opening a sandbox for a known environment while a warm container is idle."""

from benchmarks.sandbox.bench import Bench, say
from benchmarks.sandbox.peers import docker_run
from benchmarks.sandbox.timing import Field, bare, interleave, over, summary, timed

_TRUE = "/bin/true"


def measure(bench: Bench) -> dict[str, Field]:
    """From asking for a run on a new state until its command has begun, and what follows its end."""
    with bench.docker(1) as place:
        fresh = docker_run.command(bench, _TRUE, flags=docker_run.HARDENED)
        steps = {
            "ours": lambda: place.beyond(_TRUE, state=place.another()),
            "run": lambda: timed(lambda: docker_run.run(fresh)),
            "bare": bare(_TRUE),
        }
        found = interleave(steps, bench.rounds(50), say)
    return {
        "open_ms": summary(found["ours"]),
        "open_run_ms": over(found["run"], found["bare"]),
    }
