"""The shortest time that a search's trials can take on so many cores. Pure.

A trial is a wait for the model (`latency`; it holds no core) and then its sandbox runs (`service`;
it holds one core until they are over). Trials are opened by docs/adr/0002: trial i once all trials
up to i - width have come back, whatever came back before. Two bounds:

- The greedy list schedule in the order of opening (Graham, Bounds on Multiprocessing Timing
  Anomalies, 1969): a trial takes the core that is free first. Trials become ready in the order in
  which they were opened, so this is what any driver without costs of its own would do.
- What no schedule undercuts, the relaxed linear program's value: max(latency + all services / cores,
  latency + the longest service).
"""

from collections.abc import Sequence


def list_schedule(services: Sequence[float], latency: float, cores: int, width: int) -> float:
    """Seconds from the opening of the first trial until all came back.

    `services` in the order of opening, in seconds; `cores` and `width` at least 1. Nothing to do: 0.
    """
    free = [0.0] * cores
    back_up_to: list[float] = []
    for number, service in enumerate(services):
        opened = back_up_to[number - width] if number >= width else 0.0
        core = min(range(cores), key=free.__getitem__)
        free[core] = max(opened + latency, free[core]) + service
        back_up_to.append(max(free[core], back_up_to[-1] if back_up_to else 0.0))
    return back_up_to[-1] if back_up_to else 0.0


def relaxed(services: Sequence[float], latency: float, cores: int) -> float:
    """Seconds below which nothing comes."""
    if not services:
        return 0.0
    return latency + max(sum(services) / cores, *services)
