"""What is true of what a world drew. No selector sees it."""

from dataclasses import dataclass
from typing import Literal

RIGHT = 0
"""The behaviour of right patches; mistakes have numbers from 1 in the order of their discovery."""

Kind = Literal["idle", "broken", "weak", "telling", "picky", "flaky", "toxic"]
"""What a test is like. idle: passes on the base. broken: fails on everything. weak: passes on
everything but the base. telling: right patches pass. picky: depends on the source, flaky: on the
run, and neither on what is right. toxic: right patches fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    behaviour: int
    source: str

    @property
    def right(self) -> bool:
        return self.behaviour == RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    kind: Kind
    sides: int | None = None
    """A mistake that passes in any case: the author's own, or the one that a toxic test demands."""
