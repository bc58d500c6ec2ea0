"""Opening a bubblewrap sandbox and running a trivial command in it: no daemon.

Twice: with a pause before each run, in which the spare that the last run asked for gets ready, as it
does beside any command that takes some time; and back to back, where each run waits for a new one.
"""

import time

from benchmarks.sandbox.bench import Bench, say
from benchmarks.sandbox.timing import Field, bare, interleave, over, timed

_TRUE = "/bin/true"
_PAUSE_S = 0.05


def measure(bench: Bench) -> dict[str, Field]:
    """What each costs more than a subprocess."""
    with bench.bubblewrap(1) as place:

        def run() -> float:
            return timed(lambda: place.run(_TRUE))

        def rested() -> float:
            time.sleep(_PAUSE_S)
            return run()

        steps = {"rested": rested, "at once": run, "bare": bare(_TRUE)}
        found = interleave(steps, bench.rounds(200), say)
    return {
        "bwrap_overhead_ms": over(found["rested"], found["bare"]),
        "bwrap_back_to_back_ms": over(found["at once"], found["bare"]),
    }
