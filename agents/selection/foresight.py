"""What a measure may bring: the pools that could be there after it, with their weights. Pure.

A foreseen pool is the present one and the new evidence about two rivals. Other candidates are taken
to do what the rival does that they behaved like so far.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

from agents.selection.evidence import Action
from agents.selection.pool import Judgement, Mark, Option, Pool, Probe, Test
from agents.selection.posterior import Posterior

T = TypeVar("T")

USABLE = 0.3
"""Share of the tests that a model writes that fail on the base and tell candidates apart at all."""
FINISHED = 0.7
"""Share of edits that are candidates at all: they apply and build."""
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
    other: str | None
    """None: there is no other source."""
    behaves: Mapping[str, int]
    """Candidate → number of its behaviour."""

    def prospects(self, action: Action, times: int = 1) -> list[Prospect]:
        """What may come of a measure that is taken `times` times, with the same result each time."""
        ways = {
            "edit": self._edit,
            "written": self._written,
            "distinguish": self._distinguish,
            "judge": self._judge,
            "review": self._review,
        }
        if action not in ways or (self.other is None and action != "edit"):
            return []
        return list(ways[action](times))

    def _edit(self, times: int) -> Iterator[Prospect]:
        """Candidates that pass every test, that fail every test, or that do what the leader does."""
        ways: tuple[Mark | None, ...] = ("passed", "failed", None)
        for mark in ways:
            names = [f"foreseen::{number}" for number in range(times)]
            options = tuple(Option(key=name, source=name, changed_lines=0) for name in names)
            results = {
                test.id: {
                    **self.pool.results.get(test.id, {}),
                    **dict.fromkeys(names, mark or self.pool.mark(test.id, self.leader)),
                }
                for test in self.pool.tests
            }
            pool = replace(self.pool, options=(*self.pool.options, *options), results=results)
            yield Prospect(pool=pool, share=FINISHED)

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
        keys = (self.leader, self._other)
        if any({*made.shown} == {*keys} for made in self.pool.judgements):
            return  # the same question again brings the same answer
        for there, back in product((*keys, None), repeat=2):
            made = (
                Judgement(shown=keys, preferred=there, judge="foreseen"),
                Judgement(shown=keys[::-1], preferred=back, judge="foreseen"),
            )
            judgements = (*self.pool.judgements, *made * times)
            yield Prospect(pool=replace(self.pool, judgements=judgements))

    def _review(self, times: int) -> Iterator[Prospect]:  # noqa: ARG002 - one of each is enough
        for leads, follows in product(REVIEWS, REVIEWS):
            said = {self.leader: leads, self._other: follows}
            options = tuple(_reviewed(option, said) for option in self.pool.options)
            yield Prospect(pool=replace(self.pool, options=options), share=1 / 4)

    def _as_rivals(self, leads: T, follows: T) -> dict[str, T]:
        """Candidate → what its rival does; of other behaviours nothing is foreseen."""
        other, leader = self._other, self.leader
        sources = {option.key: option.source for option in self.pool.standing}
        place = self.behaves if self.behaves[leader] != self.behaves[other] else sources
        return {key: follows if place[key] == place[other] else leads for key in self.behaves}

    @property
    def _other(self) -> str:
        """Raises: ValueError where there is none."""
        if self.other is None:
            raise ValueError("there is no rival")
        return self.other


def rivals(pool: Pool, found: Posterior, leader: str) -> Rivals:
    """The leader, which must stand, and the most probable candidate of another source."""
    behaves = {key: n for n, behaviour in enumerate(found.behaviours) for key in behaviour.options}
    source = {option.key: option.source for option in pool.standing}
    others = [key for key in found.right if source[key] != source[leader]]
    other = max(others, key=lambda key: found.right[key], default=None)
    return Rivals(pool=pool, leader=leader, other=other, behaves=behaves)


def _reviewed(option: Option, said: Mapping[str, float]) -> Option:
    return replace(option, review=said[option.key]) if option.key in said else option
