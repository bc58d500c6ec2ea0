"""How long after its deadline a command with children that heed no signal is dead and reported."""

import time

from benchmarks.sandbox.bench import Bench, Place, say
from benchmarks.sandbox.timing import Field, Step, interleave, summary
from sandbox.protocol import RunSpec

_WALL_S = 0.3
_STUBBORN = (
    "trap '' TERM INT HUP; for n in 1 2 3 4 5 6 7 8; do (setsid sh -c 'while :; do :; done' &); done;"
    "while :; do sleep 1; done"
)


def measure(bench: Bench) -> dict[str, Field]:
    """Both providers, from the deadline to the answer: by then nothing of it runs."""
    with bench.docker(1) as docker, bench.bubblewrap(1) as bubblewrap:
        steps = {"docker": _late(docker), "bubblewrap": _late(bubblewrap)}
        found = interleave(steps, bench.rounds(20), say)
    return {
        "deadline_ms": summary(found["docker"]),
        "bwrap_deadline_ms": summary(found["bubblewrap"]),
    }


def _late(place: Place) -> Step:
    spec = RunSpec(argv=("sh", "-c", _STUBBORN), wall_s=_WALL_S)

    def once() -> float:
        begun = time.perf_counter()
        result = place.sandbox.run(place.environment, place.base, place.base, spec)
        if result.outcome != "timeout":
            raise RuntimeError(f"it ended by itself: {result}")
        return (time.perf_counter() - begun - _WALL_S) * 1000

    return once
