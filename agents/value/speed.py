"""What a measured speed-up is worth. Pure."""

from math import log

from agents.workload import SpeedUp


def gained(speed: SpeedUp | None, goal: float) -> float:
    """``log(ratio) / log(goal)`` in [0, 1]; 0 for what was not measured or may be noise.

    The logarithm makes two steps that each save half of what is left worth the same.
    """
    if speed is None or not speed.significant:
        return 0.0
    return min(1.0, max(0.0, log(speed.ratio) / log(goal)))
