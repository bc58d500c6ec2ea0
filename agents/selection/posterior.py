"""Which candidates are right, as far as the evidence goes. Pure.

The chance of a hypothesis (`agents.selection.likelihood`) before the tests: an issue's candidates are
right with one rate that is not known, and all right ones are one behaviour. With n sources, m of
which are right,

    P(none)          =  B(a, b + n) / B(a, b)
    P(g, m of n_g)  ∝  B(a + m, b + n - m) / B(a, b) · Σ ∏ odds

where the sum is over the sets of m sources of g, and the product over the sources in the set of what
is known of each alone. So a behaviour that many sources share is more probable, as a vote would have
it, and the evidence of tests outweighs the vote. What is chosen is a *source*: where nothing tells
those of a group apart, the one that was proposed most often.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import exp, log

from agents.selection.beliefs import DEFAULT, Beliefs
from agents.selection.evidence import Behaviour, TestWeight
from agents.selection.grouping import Group, Source, group, rank
from agents.selection.likelihood import (
    NONE_RIGHT,
    Hypothesis,
    Witness,
    heard,
    hypotheses,
    log_beta,
    log_sum,
    odds,
    preference,
    said,
    shares,
)
from agents.selection.pool import Judgement, Option, Pool, Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Beliefs after the evidence, each in [0, 1]."""

    behaviours: tuple[Behaviour, ...]
    """The one that holds the most probable candidate first."""
    none_right: float
    right: Mapping[str, float]
    """Candidate that stands → belief that it is right."""
    weights: Mapping[str, TestWeight]
    """Test → what it came to; `bits` for the first behaviour against the second."""
    log_evidence: float
    """Log of how likely all evidence is, but for a constant."""
    beliefs: str

    @property
    def margin(self) -> float:
        """How far the most probable candidate is above the best one that behaves otherwise."""
        best = [self.right[behaviour.options[0]] for behaviour in self.behaviours[:2]]
        return best[0] - sum(best[1:]) if best else 0.0


def posterior(pool: Pool, beliefs: Beliefs = DEFAULT) -> Posterior:
    """Of the candidates that no rung refused. The order of candidates, tests and judgements in the
    pool does not matter."""
    groups = group(pool)
    witness = Witness.of(pool, groups, beliefs)
    prior = _Prior(sum(len(members.sources) for members in groups), pool.probes, beliefs)
    every = hypotheses(groups)
    joint = {of: prior.log(of, groups) + witness.log_likelihood(of) for of in every}
    chance = shares(joint)
    right = {
        option.key: belief
        for number, members in enumerate(groups)
        for source in members.sources
        for belief in [prior.right(source, members, _chance(chance, number))]
        for option in source.options
    }
    right = _compared(pool, groups, right, beliefs)
    first = [min(members.options, key=lambda o: _order(o, right)) for members in groups]
    order = sorted(range(len(groups)), key=lambda n: _order(first[n], right))
    return Posterior(
        behaviours=tuple(_behaviour(groups[n], sum(_chance(chance, n)), right) for n in order),
        none_right=chance[NONE_RIGHT],
        right=right,
        weights=_weights(witness, chance, order),
        log_evidence=log_sum(joint.values()),
        beliefs=beliefs.name,
    )


def _chance(chance: Mapping[Hypothesis, float], number: int) -> tuple[float, float]:
    """Of one group: that it is right as a whole, and that only some of its sources are."""
    return chance[Hypothesis(number)], chance.get(Hypothesis(number, mixed=True), 0.0)


def _sets(weights: Sequence[float]) -> list[float]:
    """Size m → the weight of all sets of m sources: elementary symmetric polynomials."""
    sets = [1.0]
    for one in weights:
        sets = [kept + one * grown for kept, grown in zip([*sets, 0.0], [0.0, *sets], strict=True)]
    return sets


@dataclass(frozen=True, slots=True)
class _Prior:
    """Of `n` sources in all."""

    n: int
    probes: tuple[Probe, ...]
    beliefs: Beliefs

    def weights(self, members: Group) -> list[float]:
        """Odds of each source, in the group's order."""
        silent, probes = members.silent, self.probes
        return [odds(s, silent[s.name], probes, self.beliefs) for s in members.sources]

    def log(self, of: Hypothesis, groups: Sequence[Group]) -> float:
        if of.group is None:
            return self._rate(0)
        sets = _sets(self.weights(groups[of.group]))
        return self.mixed(sets) if of.mixed else log(sets[-1]) + self._rate(len(sets) - 1)

    def mixed(self, sets: Sequence[float], beside: int = 0) -> float:
        """Log weight of the sets that are neither empty nor everything, with `beside` more right
        sources than their size says."""
        return log_sum(
            log(sets[m]) + self._rate(m + beside) for m in range(0 if beside else 1, len(sets) - 1)
        )

    def _rate(self, right: int) -> float:
        """Log chance that these very sources are right and no others."""
        share = self.beliefs.right
        whole = log_beta(share.yes + right, share.no + self.n - right)
        return whole - log_beta(share.yes, share.no)

    def right(self, source: Source, members: Group, chance: tuple[float, float]) -> float:
        """That a source is right, with the `chance` that its group is, pure and mixed: in the
        second case, that it is among those that are."""
        pure, mixed = chance
        if not mixed:
            return pure
        weights, place = self.weights(members), members.sources.index(source)
        others = [*weights[:place], *weights[place + 1 :]]
        with_it = log(weights[place]) + self.mixed(_sets(others), beside=1)
        every = self.mixed(_sets(weights))
        return pure + mixed * exp(with_it - every)


def _compared(
    pool: Pool, groups: Sequence[Group], right: Mapping[str, float], beliefs: Beliefs
) -> dict[str, float]:
    """Judgements between sources of one group: half of what they say for either."""
    moved = dict(right)
    for members in groups:
        inside = {
            option.key: source.name for source in members.sources for option in source.options
        }
        between = [j for j in pool.judgements if {*j.shown} <= inside.keys()]
        between = [j for j in between if inside[j.shown[0]] != inside[j.shown[1]]]
        for key, own in inside.items():
            about = [j for j in between if own in (inside[j.shown[0]], inside[j.shown[1]])]
            bits = heard(about, partial(_for, own=own, inside=inside, beliefs=beliefs))
            moved[key] = _with_odds(right[key], exp(bits / 2))
    return moved


def _for(made: Judgement, *, own: str, inside: Mapping[str, str], beliefs: Beliefs) -> float:
    """Log odds that a judgement gives a source: it alone is right, or the other one alone."""
    is_first = inside[made.shown[0]] == own
    if made.preferred is None:
        return log(beliefs.neither_wrong / beliefs.neither_right)
    mine = preference(made, first=is_first, second=not is_first, beliefs=beliefs)
    return mine - preference(made, first=not is_first, second=is_first, beliefs=beliefs)


def _with_odds(belief: float, factor: float) -> float:
    return belief * factor / (belief * factor + 1 - belief)


def _order(option: Option, right: Mapping[str, float]) -> tuple[float, int, int, str]:
    """Most probable first; of equals the smaller, then the earlier patch."""
    return (-round(right[option.key], 9), *rank(option))


def _behaviour(members: Group, probability: float, right: Mapping[str, float]) -> Behaviour:
    options = sorted(members.options, key=lambda option: _order(option, right))
    return Behaviour(
        options=tuple(option.key for option in options),
        sources=len(members.sources),
        probability=probability,
    )


def _weights(
    witness: Witness, chance: Mapping[Hypothesis, float], order: Sequence[int]
) -> dict[str, TestWeight]:
    places = {test.id: place for place, test in enumerate(witness.voting)}
    return {
        test.id: _weight(witness, chance, order, places[test.id])
        if test.id in places
        else TestWeight(good=0.0, bits=0.0, silent=_silence(test.on_base, test.toxic))
        for test in witness.pool.tests
    }


def _silence(on_base: str, toxic: str) -> str:
    if toxic:
        return f"held to be wrong: {toxic}"
    return "not stable" if on_base == "failed" else f"{on_base} on the base"


def _weight(
    witness: Witness, chance: Mapping[Hypothesis, float], order: Sequence[int], place: int
) -> TestWeight:
    """Belief that the test is good, over all hypotheses; bits for the first two behaviours."""
    what = said(place, witness.voting[place], witness.groups)
    good = 0.0
    for of, probability in chance.items():
        kinds = witness.kinds(of, what)
        good += probability * exp(kinds[0] - log_sum(kinds))
    rivals = [log_sum(witness.kinds(Hypothesis(number), what)) for number in order[:2]]
    bits = (rivals[0] - rivals[1]) / log(2) if len(rivals) > 1 else 0.0
    return TestWeight(good=good, bits=bits)
