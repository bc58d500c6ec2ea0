"""Candidates that the evidence does not tell apart. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from agents.selection.pool import Mark, Option, Pool, Probe, Test

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
    """Sources of which no test that votes says that they differ."""

    sources: tuple[Source, ...]
    marks: tuple[Mark, ...]
    """In the order of the tests that vote: what those did of whom it is known."""
    reported: tuple[int, ...]
    """In the order of the tests: of how many sources it is known."""
    silent: Mapping[str, int]
    """Source → in how many tests that others here pass no report of it came."""

    @property
    def options(self) -> tuple[Option, ...]:
        return tuple(option for source in self.sources for option in source.options)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One source, and what it did. An author's own test is no part of it."""

    source: Source
    marks: tuple[Mark, ...]
    own: frozenset[int]
    """Places of the author's own tests."""

    @property
    def unknown(self) -> int:
        return self.marks.count("unknown")

    def agrees(self, other: "_Seen") -> int | None:
        """In how many tests they are known to agree; None: they differ in one."""
        pairs = zip(self.marks, other.marks, strict=True)
        known = [a == b for a, b in pairs if "unknown" not in (a, b)]
        return len(known) if all(known) else None

    def with_known(self, other: "_Seen") -> "_Seen":
        """What is known of either."""
        pairs = zip(self.marks, other.marks, strict=True)
        marks = tuple(b if a == "unknown" else a for a, b in pairs)
        return _Seen(self.source, marks, self.own)


def voting(pool: Pool) -> tuple[Test, ...]:
    """The tests that say anything, in an order that does not depend on the pool's."""
    return tuple(sorted((test for test in pool.tests if test.votes), key=lambda test: test.id))


def group(pool: Pool) -> tuple[Group, ...]:
    """The behaviours of the candidates that stand, in an order that does not depend on theirs.

    Candidates of one source are one behaviour: where their marks differ, what most of them did
    counts, and an even split is unknown. What is not known tells nobody apart: a source joins those
    that it is known to agree with most, of equals the larger group, then the one that passes more.
    """
    tests = voting(pool)
    named = sorted(pool.standing, key=lambda option: (option.source, *rank(option)))
    seen = [
        _seen(pool, tests, Source(name=name, options=tuple(members)))
        for name, members in groupby(named, key=lambda option: option.source)
    ]
    groups: list[tuple[_Seen, list[_Seen]]] = []
    for one in sorted(seen, key=lambda s: (s.unknown, repr(s.marks), s.source.name)):
        agreed = [(one.agrees(whole), n) for n, (whole, _) in enumerate(groups)]
        fitting = [
            (known, len(groups[n][1]), groups[n][0].marks.count("passed"), -n)
            for known, n in agreed
            if known is not None
        ]
        if fitting:
            place = -max(fitting)[-1]
            whole, members = groups[place]
            groups[place] = (whole.with_known(one), [*members, one])
        else:
            groups.append((one, [one]))
    return tuple(_group(whole, members) for whole, members in groups)


def _group(whole: _Seen, members: Sequence[_Seen]) -> Group:
    places = range(len(whole.marks))
    return Group(
        sources=tuple(one.source for one in members),
        marks=whole.marks,
        reported=tuple(sum(one.marks[n] != "unknown" for one in members) for n in places),
        silent={
            one.source.name: sum(
                one.marks[n] == "unknown" and whole.marks[n] == "passed" and n not in one.own
                for n in places
            )
            for one in members
        },
    )


def _seen(pool: Pool, tests: Sequence[Test], source: Source) -> _Seen:
    keys = {option.key for option in source.options}
    own = frozenset(n for n, test in enumerate(tests) if test.author in keys)
    marks = _marks(pool, tests, source)
    return _Seen(
        source,
        tuple("unknown" if n in own else mark for n, mark in enumerate(marks)),
        own,
    )


def rank(option: Option) -> tuple[int, int, str]:
    """Settles ties: the smaller patch, then the earlier one. Keys that are numbers count as such."""
    return option.changed_lines, int(option.key) if option.key.isdecimal() else 0, option.key


def _marks(pool: Pool, tests: Sequence[Test], source: Source) -> tuple[Mark, ...]:
    return tuple(
        _agreed([pool.mark(test.id, option.key) for option in source.options], "unknown")
        for test in tests
    )


def output_of(source: Source, probe: Probe) -> str | None:
    """What most candidates of a source gave; None where none was run, or that is even."""
    outputs = [probe.outputs.get(option.key) for option in source.options]
    return _most([output for output in outputs if output is not None], None)


def _agreed(marks: Sequence[Mark], otherwise: Mark) -> Mark:
    known: list[Mark] = [mark for mark in marks if mark != "unknown"]
    return _most(known, otherwise)


def _most(items: Sequence[T], otherwise: T) -> T:
    """The item that there is most of; `otherwise` where there is none or two tie."""
    if len(items) == 1:
        return items[0]
    ranked = Counter(items).most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return otherwise
    return ranked[0][0]
