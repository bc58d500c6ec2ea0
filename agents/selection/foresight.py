"""What a measure may bring: the pools that could be there after it, with their weights. Pure.

A foreseen pool is the present one and the new evidence about two rivals. Other candidates are taken
to do what the rival does that they behaved like so far.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

from agents.selection.evidence import Rung
from agents.selection.pool import Judgement, Mark, Option, Pool, Probe, Test
from agents.selection.posterior import Posterior

T = TypeVar("T")

USABLE = 0.3
"""Share of the tests that a model writes that fail on the base and tell candidates apart at all."""
DIFFER = 0.4
"""Share of the inputs a model names for two candidates on which they do differ."""
FLAKY = 0.03
"""Share of tests that passed or failed by chance."""
REVIEWS = (0.15, 0.85)
"""A bad review and a good one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """`share`: how much of what may happen this is, in [0, 1], before the beliefs about the rivals;
    those of one measure need not sum to 1: in the rest nothing is learnt."""

    pool: Pool
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """The candidate that leads, and the one to tell it from."""

    pool: Pool
    leader: str
    other: str
    behaves: Mapping[str, int]
    """Candidate → number of its behaviour."""

    def prospects(self, action: Rung, times: int = 1) -> list[Prospect]:
        """What may come of a measure that is taken `times` times, with the same result each time."""
        ways = {
            "written": self._written,
            "distinguish": self._distinguish,
            "judge": self._judge,
            "review": self._review,
        }
        return list(ways[action](times)) if action in ways else []

    def _written(self, times: int) -> Iterator[Prospect]:
        marks: tuple[Mark, Mark] = ("passed", "failed")
        for leads, follows in product(marks, marks):
            results: Mapping[str, Mark] = self._as_rivals(leads, follows)
            new = {f"foreseen::{number}": results for number in range(times)}
            tests = tuple(Test(id=name, origin="written") for name in new)
            pool = replace(
                self.pool,
                tests=(*self.pool.tests, *tests),
                results={**self.pool.results, **new},
            )
            yield Prospect(pool=pool, share=USABLE)

    def _distinguish(self, times: int) -> Iterator[Prospect]:
        outputs = self._as_rivals("leader", "other")
        for said in ("leader", "other", ""):
            probe = Probe(id="foreseen", outputs=outputs, believed=(said,) * times)
            yield Prospect(pool=replace(self.pool, probes=(*self.pool.probes, probe)), share=DIFFER)

    def _judge(self, times: int) -> Iterator[Prospect]:
        keys = (self.leader, self.other)
        for there, back in product((*keys, None), repeat=2):
            made = (
                Judgement(shown=keys, preferred=there, judge="foreseen"),
                Judgement(shown=keys[::-1], preferred=back, judge="foreseen"),
            )
            judgements = (*self.pool.judgements, *made * times)
            yield Prospect(pool=replace(self.pool, judgements=judgements))

    def _review(self, times: int) -> Iterator[Prospect]:  # noqa: ARG002 - one of each is enough
        for leads, follows in product(REVIEWS, REVIEWS):
            said = {self.leader: leads, self.other: follows}
            options = tuple(_reviewed(option, said) for option in self.pool.options)
            yield Prospect(pool=replace(self.pool, options=options), share=1 / 4)

    def _as_rivals(self, leads: T, follows: T) -> dict[str, T]:
        """Candidate → what its rival does; of other behaviours nothing is foreseen."""
        same = self.behaves[self.leader] == self.behaves[self.other]
        sources = {option.key: option.source for option in self.pool.standing}
        followers = {
            key
            for key, behaviour in self.behaves.items()
            if (
                sources[key] == sources[self.other]
                if same
                else behaviour == self.behaves[self.other]
            )
        }
        return {key: follows if key in followers else leads for key in self.behaves}


def rivals(pool: Pool, found: Posterior, leader: str, other: str) -> Rivals:
    """Both must stand."""
    behaves = {key: n for n, behaviour in enumerate(found.behaviours) for key in behaviour.options}
    return Rivals(pool=pool, leader=leader, other=other, behaves=behaves)


def _reviewed(option: Option, said: Mapping[str, float]) -> Option:
    return replace(option, review=said[option.key]) if option.key in said else option
