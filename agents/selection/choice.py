"""What a selector answers."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from agents.selection.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`chosen` None: it abstains."""

    chosen: str | None
    confidence: float = 0.0
    """In [0, 1]: belief that the chosen candidate is right. 0 where a selector has no belief."""
    tie: bool = False
    """The evidence did not settle it: what was chosen is the smaller, then the earlier patch."""
    runner_up: str | None = None


Selector = Callable[[Pool, Random], Choice]
"""Pure: the same pool and the same random numbers give the same choice."""
