"""The name of a piece of work, as it travels in a message, and the right to do it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["prepare", "trial", "decide"]


@dataclass(frozen=True, slots=True)
class Unit:
    """`number` is the trial's; 0 for the other kinds."""

    search: str
    kind: Kind
    number: int = 0

    def __str__(self) -> str:
        suffix = f" {self.number}" if self.kind == "trial" else ""
        return f"{self.kind}{suffix} of {self.search}"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do a unit's work until it ends, or until someone holds a higher `fence`."""

    unit: Unit
    fence: int
    owner: str
