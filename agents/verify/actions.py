"""What can be done to know more: one protocol, and whom an action is about.

An action is carried out once for each thing that it can be about. Pairs are of sources: equal ones
need no telling apart.
"""

from typing import Protocol

from agents.domain import Ceiling
from agents.selection.decision import decide
from agents.selection.evidence import Rung
from agents.selection.foresight import rivals as foreseen
from agents.selection.grouping import rank
from agents.selection.pool import Option
from agents.selection.posterior import Posterior
from agents.verify.inquiry import Inquiry

PAIR = 2

CALL_S = 5.0
"""What one question to a model takes, about: stated, not measured."""


class Action(Protocol):
    """One way to spend budget on the choice."""

    @property
    def rung(self) -> Rung:
        """Under which name it is booked."""
        ...

    @property
    def ceiling(self) -> Ceiling:
        """The most that its model calls may cost, once."""
        ...

    def target(self, inquiry: Inquiry, found: Posterior) -> tuple[str, ...] | None:
        """What it would be about next; None: nothing is left for it."""
        ...

    def seconds(self, inquiry: Inquiry) -> float:
        """What it takes, about."""
        ...

    def take(self, inquiry: Inquiry, target: tuple[str, ...]) -> None:
        """Carry it out, and book what it cost. Raises: ModelError, SandboxLost."""
        ...


def front(inquiry: Inquiry, found: Posterior) -> list[Option]:
    """One candidate of each source, the most probable first."""
    ranked = sorted(
        inquiry.pool.standing, key=lambda option: (-round(found.right[option.key], 6), rank(option))
    )
    first: dict[str, Option] = {}
    for option in ranked:
        first.setdefault(option.source, option)
    return list(first.values())


def rivals(inquiry: Inquiry, found: Posterior) -> tuple[str, ...]:
    """Keys of the two that the choice is between; of fewer where there are no two."""
    leader = decide(inquiry.pool, found).chosen
    other = foreseen(inquiry.pool, found, leader).other if leader is not None else None
    return tuple(key for key in (leader, other) if key is not None)


def untried_pair(rung: Rung, inquiry: Inquiry, found: Posterior) -> tuple[str, ...] | None:
    """The two rivals, where an action was not about their sources yet, in either order."""
    pair = rivals(inquiry, found)
    if len(pair) < PAIR or _note(rung, inquiry, pair) in inquiry.tried:
        return None
    return pair


def note_pair(rung: Rung, inquiry: Inquiry, keys: tuple[str, ...]) -> None:
    """From now on it was about them."""
    inquiry.tried.add(_note(rung, inquiry, keys))


def _note(rung: Rung, inquiry: Inquiry, keys: tuple[str, ...]) -> tuple[str, ...]:
    return (rung, *sorted(o.source for o in inquiry.pool.options if o.key in keys))
