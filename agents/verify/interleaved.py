"""How often to measure: base and state by turns, until it is clear or the bound is reached. Pure.

    3 of each ─▶ slower: stop ─▶ 6 of each ─▶ clear: stop ─▶ 12 of each

What loads the machine for a while meets both sides alike. Looking several times would find a
difference by chance more often than the level says, so every look is tested at its share of it
(Bonferroni); stopping because nothing is gained needs no such care.
"""

from collections.abc import Callable
from dataclasses import dataclass

from agents.verify.significance import interval, p_value, speed_up
from agents.workload import LEVEL, SpeedUp


@dataclass(frozen=True, slots=True)
class Looks:
    """After how many runs of each side to look, ascending; the last is the bound."""

    after: tuple[int, ...]


IN_SEARCH = Looks((3, 6, 12))
ON_LADDER = Looks((10, 20))
"""For what decides: begins where the search mostly ends."""


def compare(
    time_base: Callable[[], float], time_state: Callable[[], float], looks: Looks, goal: float
) -> SpeedUp:
    """Measure in the order A B B A A B B A …; each call is one run and answers its seconds."""
    base: list[float] = []
    state: list[float] = []
    for most in looks.after:
        while len(base) < most:
            if len(base) % 2:
                state.append(time_state())
                base.append(time_base())
            else:
                base.append(time_base())
                state.append(time_state())
        seen = _seen(base, state, len(looks.after))
        if _clear(seen, goal):
            return seen
    return seen


def _seen(base: list[float], state: list[float], looks: int) -> SpeedUp:
    low, high = interval(base, state, LEVEL / looks)
    return SpeedUp(
        ratio=speed_up(base, state),
        low=low,
        high=high if high < float("inf") else None,
        p=min(1.0, looks * p_value(base, state)),
        base_s=tuple(base),
        state_s=tuple(state),
    )


def _clear(seen: SpeedUp, goal: float) -> bool:
    """Whether more runs would change nothing: no gain, too little of one, or enough."""
    hopeless = seen.ratio <= 1.0 or (seen.high is not None and seen.high < goal)
    return hopeless or seen.reaches(goal)
