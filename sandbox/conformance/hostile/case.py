"""One hostile case: an attack, and then the proof that it changed nothing.

`hostile(group)` registers an attack. What is registered is a `Case`, and calling it always looks at
the host and at the next run on the same slot afterwards: a case cannot leave that out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.conformance.hostile.aftermath import Aftermath
from sandbox.conformance.hostile.target import Target

Attack = Callable[[Target], None]

GROUPS = range(1, 23)
"""The groups of hostile inputs in the order of the design."""


@dataclass(frozen=True, slots=True)
class Case:
    """One attack of one group of hostile inputs. Raises AssertionError, or NotHere."""

    group: int
    attack: Attack

    def __call__(self, target: Target) -> None:
        """Attack; then the host must be unharmed and the slot's next run correct."""
        aftermath = Aftermath.expected(target)
        self.attack(target)
        aftermath.check()


HOSTILE: dict[str, Case] = {}
"""Every case by the sentence that it proves."""


def hostile(group: int) -> Callable[[Attack], Attack]:
    """Register an attack under its own name."""

    def register(attack: Attack) -> Attack:
        add(group, attack.__name__, attack)
        return attack

    return register


def add(group: int, name: str, attack: Attack) -> None:
    """Register an attack under a name that no other has."""
    if name in HOSTILE or group not in GROUPS:
        raise ValueError(f"group {group}: {name!r} is there already, or there is no such group")
    HOSTILE[name] = Case(group, attack)
