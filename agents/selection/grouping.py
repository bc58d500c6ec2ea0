"""Candidates that the evidence does not tell apart. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from agents.selection.pool import Mark, Option, Pool, Test

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Candidates of one normalised source. `options`: the smallest, then the earliest first."""

    name: str
    options: tuple[Option, ...]

    @property
    def regression(self) -> Mark:
        """What most of them did; unknown where that is even."""
        return _agreed([option.regression for option in self.options], "unknown")

    @property
    def review(self) -> float | None:
        """Mean of the reviews there are."""
        reviews = [option.review for option in self.options if option.review is not None]
        return sum(reviews) / len(reviews) if reviews else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Sources with the same marks in every test that votes, and the same outputs."""

    sources: tuple[Source, ...]
    marks: tuple[Mark, ...]
    """In the order of the tests that vote."""
    outputs: tuple[str | None, ...]
    """In the order of the probes; None: not run."""

    @property
    def options(self) -> tuple[Option, ...]:
        return tuple(option for source in self.sources for option in source.options)


def voting(pool: Pool) -> tuple[Test, ...]:
    """The tests that say anything, in an order that does not depend on the pool's."""
    return tuple(sorted((test for test in pool.tests if test.votes), key=lambda test: test.id))


def group(pool: Pool) -> tuple[Group, ...]:
    """The behaviours of the candidates that stand, in an order that does not depend on theirs.

    Candidates of one source are one behaviour: where their marks differ, what most of them did
    counts, and an even split is unknown.
    """
    tests = voting(pool)
    named = sorted(pool.standing, key=lambda option: (option.source, *rank(option)))
    found: dict[tuple[object, ...], list[Source]] = {}
    for name, members in groupby(named, key=lambda option: option.source):
        source = Source(name=name, options=tuple(members))
        found.setdefault(_signature(pool, tests, source), []).append(source)
    return tuple(
        Group(
            sources=tuple(sources),
            marks=_marks(pool, tests, sources[0]),
            outputs=_outputs(pool, sources[0]),
        )
        for _, sources in sorted(found.items(), key=lambda item: repr(item[0]))
    )


def rank(option: Option) -> tuple[int, int, str]:
    """Settles ties: the smaller patch, then the earlier one. Keys that are numbers count as such."""
    return option.changed_lines, int(option.key) if option.key.isdecimal() else 0, option.key


def _signature(pool: Pool, tests: Sequence[Test], source: Source) -> tuple[object, ...]:
    return (_marks(pool, tests, source), _outputs(pool, source))


def _marks(pool: Pool, tests: Sequence[Test], source: Source) -> tuple[Mark, ...]:
    return tuple(
        _agreed([pool.mark(test.id, option.key) for option in source.options], "unknown")
        for test in tests
    )


def _outputs(pool: Pool, source: Source) -> tuple[str | None, ...]:
    keys = [option.key for option in source.options]
    return tuple(
        _agreed_output([probe.outputs.get(key) for key in keys])
        for probe in sorted(pool.probes, key=lambda probe: probe.id)
    )


def _agreed(marks: Sequence[Mark], otherwise: Mark) -> Mark:
    known: list[Mark] = [mark for mark in marks if mark != "unknown"]
    return _most(known, otherwise)


def _agreed_output(outputs: Sequence[str | None]) -> str | None:
    known: list[str | None] = [output for output in outputs if output is not None]
    return _most(known, None)


def _most(items: Sequence[T], otherwise: T) -> T:
    """The item that there is most of; `otherwise` where there is none or two tie."""
    if len(items) == 1:
        return items[0]
    ranked = Counter(items).most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return otherwise
    return ranked[0][0]
