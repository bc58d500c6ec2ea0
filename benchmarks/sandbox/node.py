"""A whole node's evaluation without its test: fork, restore, start, end, diff."""

from time import perf_counter

from benchmarks.sandbox import repositories
from benchmarks.sandbox.bench import Bench, Place, say
from benchmarks.sandbox.timing import Field, interleave, summary


def measure(bench: Bench) -> dict[str, Field]:
    """On a repository of a library's size."""
    with bench.docker(repositories.LIBRARY_FILES) as place:
        found = interleave({"node": lambda: _node(place)}, bench.rounds(100), say)
    return {"node_overhead_ms": summary(found["node"])}


def _node(place: Place) -> float:
    begun = perf_counter()
    state = place.another()
    forking = perf_counter() - begun
    around = place.beyond("python", "-c", "pass", state=state)
    begun = perf_counter()
    place.sandbox.states.diff(place.base, state)
    return around + (forking + perf_counter() - begun) * 1000
