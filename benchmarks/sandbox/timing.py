"""Times in milliseconds and what is said of them.

Everything that is compared is measured in turns, A B C, B C A, …: a machine that slows down halfway slows
all of them. An overhead is a time less the *median* of the bare time, so its p90 is that of the
thing itself and not of a difference of two noises.
"""

import math
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Field = dict[str, Any]
Step = Callable[[], float]
"""Does a thing once and answers how many milliseconds of it count."""


def timed(call: Callable[[], object]) -> float:
    """How long a call takes, in ms."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def interleave(
    steps: Mapping[str, Step], rounds: int, say: Callable[[str], None] = lambda _: None
) -> dict[str, list[float]]:
    """Every step once per round, each round beginning with another; one round before is not kept."""
    names = list(steps)
    for name in names:
        steps[name]()
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(steps[name]())
    return found


def summary(values: Sequence[float], less: float = 0.0) -> Field:
    """{"p50", "p90", "n"} of values of which each is lessened by the same amount."""
    kept = sorted(value - less for value in values)
    return {
        "p50": round(statistics.median(kept), 3),
        "p90": round(_ninetieth(kept), 3),
        "n": len(kept),
    }


def over(values: Sequence[float], bare: Sequence[float]) -> Field:
    """What `values` cost beyond the median of `bare`."""
    return summary(values, statistics.median(bare))


def ratio(theirs: Field, ours: Field) -> Field:
    """How many times smaller ours is, at the median and at p90; of the smaller sample's size."""
    quotient = {part: round(theirs[part] / max(ours[part], 0.001), 2) for part in ("p50", "p90")}
    return {**quotient, "n": min(theirs["n"], ours["n"])}


def bare(*argv: str) -> Step:
    """A command as a plain subprocess of this process, its output taken."""
    return lambda: timed(lambda: subprocess.run(argv, capture_output=True, check=True))


def _ninetieth(ordered: Sequence[float]) -> float:
    """The 90th percentile, between its two neighbours in proportion."""
    place = 0.9 * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))
