"""Which runs are still to be made, in which order, and for how long yet. Pure.

By task, then by configuration: what a stop leaves is paired, and the server finds the task's prompt
in its cache.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.bugs import Task


@dataclass(frozen=True, slots=True)
class Unit:
    """One run to be made."""

    task: Task
    configuration: str
    seed: int


def mixed(tasks: Iterable[Task]) -> list[Task]:
    """An order by lot that is always the same, the libraries by turns: the first n are a fair
    sample, for every n."""
    drawn = sorted(tasks, key=lambda t: hashlib.sha256(t.instance_id.encode()).hexdigest())
    turn: Counter[str] = Counter()
    placed: list[tuple[int, Task]] = []
    for task in drawn:
        placed.append((turn[task.repo], task))
        turn[task.repo] += 1
    return [task for _, task in sorted(placed, key=lambda pair: pair[0])]


def units(tasks: Sequence[Task], configurations: Sequence[str], seeds: int) -> Iterator[Unit]:
    """All runs: every task with the first seed before any with the second."""
    for seed in range(seeds):
        for task in tasks:
            for configuration in configurations:
                yield Unit(task, configuration, seed)


def seconds_left(todo: Sequence[str], took: Mapping[str, Sequence[float]]) -> float | None:
    """By what runs of the same configuration took so far, or else of any; None before the first."""
    everything = [seconds for each in took.values() for seconds in each]
    if not everything:
        return None
    return sum(fmean(took.get(name) or everything) for name in todo)


def in_words(seconds: float | None) -> str:
    """Hours and minutes."""
    if seconds is None:
        return "no idea yet"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
