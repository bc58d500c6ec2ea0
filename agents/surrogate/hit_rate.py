"""How often guesses came true. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from agents.domain import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRate:
    """Counts guesses of which the truth is known: tests that never ran say nothing."""

    checked: int = 0
    right: int = 0

    @property
    def rate(self) -> float | None:
        """In [0, 1]; None before anything was checked."""
        return self.right / self.checked if self.checked else None


def hit_rate(outcomes: Iterable[Outcome]) -> HitRate:
    """Over all guesses of a search, or of several."""
    told = [
        outcome.facts[test] == guessed
        for outcome in outcomes
        for test, guessed in outcome.guesses.items()
        if test in outcome.facts
    ]
    return HitRate(checked=len(told), right=sum(told))
