"""How likely the evidence is under each hypothesis about which behaviour is right. Pure.

A hypothesis is a group of `agents.selection.grouping`, and whether some of its sources are wrong
all the same (`mixed`); or None: no candidate is right. Under it a test of quality q gives

    good     right passes with 1 - slip;  k of n wrong sources pass: BetaBinomial(survives)
    useless  k of n sources pass, right or not: BetaBinomial(useless)
    toxic    right passes with slip;      k of n wrong sources pass: BetaBinomial(misled)

and the likelihood is the mean over q, weighted by how often tests of that origin are so. The right
behaviour counts once. Of a mixed group one source is taken to be wrong. Marks that are not known are
no evidence. Dual agreement (CodeT, Chen et al. 2022) follows: a test is believed to be good as
far as it passes what is believed to be right and fails the rest.

Logarithms are natural.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, lgamma, log, prod
from typing import Self

from agents.selection.beliefs import Beliefs, Beta
from agents.selection.grouping import Group, Source, output_of, voting
from agents.selection.pool import Judgement, Mark, Origin, Pool, Probe, Test


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """`group`: index of the right behaviour; None: there is none."""

    group: int | None
    mixed: bool = False


NONE_RIGHT = Hypothesis(None)

Kinds = tuple[float, float, float]
"""Log of the joint chance of the marks and that the test is good, useless, toxic."""


def hypotheses(groups: Sequence[Group]) -> tuple[Hypothesis, ...]:
    """Every group alone and, where it has several sources, mixed; and that none is right."""
    found = [NONE_RIGHT]
    for number, members in enumerate(groups):
        found.append(Hypothesis(number))
        if len(members.sources) > 1:
            found.append(Hypothesis(number, mixed=True))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Said:
    """What a test said of each group, and of how many sources of it."""

    origin: Origin
    author: str | None
    marks: tuple[Mark, ...]
    reported: tuple[int, ...]


def said(place: int, test: Test, groups: Sequence[Group]) -> Said:
    """By the `place`-th voting test."""
    return Said(
        test.origin,
        test.author,
        tuple(members.marks[place] for members in groups),
        tuple(members.reported[place] for members in groups),
    )


@dataclass(frozen=True, slots=True)
class Witness:
    """The evidence of a pool, ready to be asked under hypotheses."""

    pool: Pool
    groups: tuple[Group, ...]
    beliefs: Beliefs
    voting: tuple[Test, ...]
    group_of: Mapping[str, int]
    """Candidate → index of its group."""
    said: Mapping[Said, float]
    """What tests said → how much it counts: each further test that says the same adds
    `Beliefs.repeats` times what the one before it did."""

    @classmethod
    def of(cls, pool: Pool, groups: tuple[Group, ...], beliefs: Beliefs) -> Self:
        """Of the candidates that stand."""
        group_of = {option.key: n for n, members in enumerate(groups) for option in members.options}
        tests = voting(pool)
        alike = Counter(said(place, test, groups) for place, test in enumerate(tests))
        weights = {
            what: sum(beliefs.repeats[what.origin] ** n for n in range(count))
            for what, count in alike.items()
        }
        return cls(pool, groups, beliefs, tests, group_of, weights)

    def log_likelihood(self, of: Hypothesis) -> float:
        """Of all evidence about behaviours, but for a constant that is the same for every
        hypothesis. What is known of single sources is in `odds`."""
        return self.tests(of) + self.judgements(of)

    def tests(self, of: Hypothesis) -> float:
        """Of all marks."""
        return sum(weight * log_sum(self.kinds(of, what)) for what, weight in self.said.items())

    def kinds(self, of: Hypothesis, what: Said) -> Kinds:
        """Of the marks of one test, by what kind of test it may be."""
        right = "unknown" if of.group is None else what.marks[of.group]
        passed, failed = self._wrong(what, of)
        quality, beliefs = self.beliefs.quality[what.origin], self.beliefs
        good = _of_right(right, 1 - beliefs.slip) + counted(passed, failed, beliefs.survives)
        toxic = _of_right(right, beliefs.slip) + counted(passed, failed, beliefs.misled)
        every = self._wrong(what, NONE_RIGHT)
        return (
            log(quality.good) + good,
            log(quality.useless) + counted(*every, beliefs.useless),
            log(quality.toxic) + toxic,
        )

    def judgements(self, of: Hypothesis) -> float:
        """Of comparisons between behaviours."""
        return heard(self.pool.judgements, lambda made: self._judgement(of, made))

    def _wrong(self, what: Said, of: Hypothesis) -> tuple[int, int]:
        """How many wrong sources passed, and how many failed."""
        counts = {"passed": 0, "failed": 0, "unknown": 0}
        for number, mark in enumerate(what.marks):
            counts[mark] += int(of.mixed) if number == of.group else what.reported[number]
        return counts["passed"], counts["failed"]

    def _judgement(self, of: Hypothesis, made: Judgement) -> float:
        first, second = (self._is_right(of, key) for key in made.shown)
        return preference(made, first=first, second=second, beliefs=self.beliefs)

    def _is_right(self, of: Hypothesis, key: str) -> bool:
        return of.group is not None and self.group_of.get(key) == of.group


def odds(source: Source, silent: int, probes: Sequence[Probe], beliefs: Beliefs) -> float:
    """How many times likelier all that is known of this source alone is where it is right: how
    often it was proposed, what the repository's tests and a reviewer said of it, what it gave for
    inputs, and in how many tests that others of its behaviour pass it is `silent`."""
    copies = min(len(source.options), beliefs.copies)
    factor = beliefs.copy ** (copies - 1) * max(beliefs.silence**silent, beliefs.most_silence)
    if source.regression == "passed":
        factor *= beliefs.regression_right / beliefs.regression_wrong
    if source.regression == "failed":
        factor *= (1 - beliefs.regression_right) / (1 - beliefs.regression_wrong)
    if source.review is not None:
        factor *= ((0.5 + source.review) / (1.5 - source.review)) ** beliefs.review
    for probe in probes:
        factor *= probed(output_of(source, probe), probe, beliefs)
    return float(factor)


def probed(output: str | None, probe: Probe, beliefs: Beliefs) -> float:
    """Odds by one probe. Two candidates may both be right although they differ in it: an input may
    ask for what the issue leaves open. So only an output that is said to be right counts, half for
    those who gave it and half against those who did not."""
    others = len({*probe.outputs.values()})
    if output is None or others < 2 or not probe.believed:  # noqa: PLR2004 - nothing to tell apart
        return 1.0
    wrong = (1 - beliefs.expects_right - beliefs.expects_none) / (others - 1)
    half = (beliefs.expects_right / wrong) ** 0.5
    none = beliefs.expects_none * (others + 1)
    said = [none if not s else half if s == output else 1 / half for s in probe.believed]
    return float(prod(said) ** (1 / len(said)))


def preference(made: Judgement, *, first: bool, second: bool, beliefs: Beliefs) -> float:
    """Log chance of a judgement, given which of the two are right. Bradley and Terry's odds: of
    being right, times of being seen first."""
    neither = beliefs.neither_wrong if first or second else beliefs.neither_right
    if made.preferred is None:
        return log(neither)
    odds = beliefs.prefers_first / (1 - beliefs.prefers_first)
    if first != second:
        better = beliefs.prefers_right / (1 - beliefs.prefers_right)
        odds *= better if first else 1 / better
    chance = odds / (1 + odds) if made.preferred == made.shown[0] else 1 / (1 + odds)
    return log((1 - neither) * chance)


def heard(judgements: Iterable[Judgement], weigh: Callable[[Judgement], float]) -> float:
    """Sum over judgements; those of one judge on one pair in one order count as their mean."""
    said: dict[tuple[str, tuple[str, str]], list[float]] = defaultdict(list)
    for made in judgements:
        said[made.judge, made.shown].append(weigh(made))
    return sum(sum(values) / len(values) for values in said.values())


@cache
def counted(passed: int, failed: int, share: Beta) -> float:
    """Log chance of these very marks where a share that is not known passes:
    B(yes + passed, no + failed) / B(yes, no)."""
    whole = log_beta(share.yes + passed, share.no + failed)
    return whole - log_beta(share.yes, share.no)


def log_beta(a: float, b: float) -> float:
    """Of Euler's beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_sum(terms: Iterable[float]) -> float:
    """Log Σ exp(term), without overflow. Raises: ValueError for no terms."""
    every = list(terms)
    top = max(every)
    return top + log(sum(exp(term - top) for term in every))


def shares(logs: Mapping[Hypothesis, float]) -> dict[Hypothesis, float]:
    """exp(log), scaled to sum to 1. Raises: ValueError for none."""
    whole = log_sum(logs.values())
    return {of: exp(value - whole) for of, value in logs.items()}


def _of_right(mark: Mark, passes: float) -> float:
    if mark == "unknown":
        return 0.0
    return log(passes if mark == "passed" else 1 - passes)
