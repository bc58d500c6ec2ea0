"""Opening a bubblewrap sandbox and running a trivial command in it: no daemon, nothing warm."""

from benchmarks.sandbox.bench import Bench, say
from benchmarks.sandbox.timing import Field, bare, interleave, over, timed

_TRUE = "/bin/true"


def measure(bench: Bench) -> dict[str, Field]:
    """What it costs more than a subprocess."""
    with bench.bubblewrap(1) as place:
        steps = {"ours": lambda: timed(lambda: place.run(_TRUE)), "bare": bare(_TRUE)}
        found = interleave(steps, bench.rounds(200), say)
    return {"bwrap_overhead_ms": over(found["ours"], found["bare"])}
