"""From all that is known to one verdict: what was chosen, why, and what was not done. Pure.

Of an issue with a workload, the faster patch settles ties before the smaller one does.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agents.domain import Candidate, Preparation, Reproduction, Usage, Verdict
from agents.selection.choice import Choice
from agents.selection.decision import EQUAL, as_it_is, decide
from agents.selection.evidence import Evidence
from agents.selection.grouping import rank
from agents.selection.pool import Option
from agents.selection.posterior import Posterior
from agents.settings import Verification
from agents.verify.clusters import cluster
from agents.verify.inquiry import Inquiry
from agents.verify.ladder import Climb
from agents.verify.pooling import changed_lines, passed_targets

DETAIL = 200
"""Characters of what a rung said that a reason repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the search itself ended."""

    tried: int = 0
    """Edits that could be tried."""
    limit: str | None = None
    """The budget's limit that ended it, if one did."""
    usage: Usage = Usage()
    """Of preparation and search."""


def verdict_of(
    preparation: Preparation,
    settings: Verification,
    climbs: Sequence[Climb],
    inquiry: Inquiry,
    *,
    ending: Ending,
    stopped: str = "",
    confidence: Callable[[float], float] = as_it_is,
) -> Verdict:
    """Choose or abstain. `stopped`: why no further evidence was gathered. `confidence`: from the
    belief in the candidate that leads to what the threshold is for."""
    found = inquiry.beliefs()
    choice = settled(decide(inquiry.pool, found, confidence=confidence), inquiry, found)
    leads = choice.chosen is not None and choice.confidence >= settings.threshold
    chosen = inquiry.climbs[choice.chosen] if leads and choice.chosen is not None else None
    candidates = tuple(_candidates(climbs))
    return Verdict(
        decision="abstained" if chosen is None else "patch",
        reason=(
            _why_not(choice, inquiry, settings, preparation, ending)
            if chosen is None
            else _why_chosen(chosen, inquiry.pool.standing, preparation.reproduction)
        ),
        patch=b"" if chosen is None else chosen.patch,
        chosen=None if chosen is None else chosen.outcome.trial,
        runner_up=_trial(inquiry.climbs, choice.runner_up) if chosen is not None else None,
        tie=choice.tie and chosen is not None,
        confidence=round(choice.confidence, 3),
        candidates=candidates,
        baseline=preparation.baseline,
        reproduction=preparation.reproduction,
        skipped=_skipped(preparation, settings, candidates, inquiry),
        limit=ending.limit,
        usage=ending.usage + inquiry.usage,
        costs=dict(inquiry.costs),
        evidence=_evidence(inquiry, found, choice.chosen, stopped),
        slowness=preparation.slowness,
    )


def settled(choice: Choice, inquiry: Inquiry, found: Posterior) -> Choice:
    """Among candidates that nothing else tells apart: the surely faster, then the smaller, then the
    earlier one. That it came to this is reported as a tie."""
    if choice.chosen is None:
        return choice
    believed = found.right[choice.chosen]
    tied = [o for o in inquiry.pool.standing if abs(found.right[o.key] - believed) < EQUAL]
    fastest = max((inquiry.climbs[o.key] for o in tied), key=_ratio)
    ranked = sorted(tied, key=lambda o: (_is_slower(inquiry.climbs[o.key], fastest), rank(o)))
    first = ranked[0]
    other = next((o for o in ranked if o.source != first.source), None)
    if other is None:
        return replace(choice, chosen=first.key)
    return replace(choice, chosen=first.key, runner_up=other.key, tie=True)


def _ratio(climbed: Climb) -> float:
    return climbed.speed.ratio if climbed.speed else 0.0


def _is_slower(climbed: Climb, fastest: Climb) -> bool:
    """By more than noise: its speed-up lies below the interval of the largest."""
    return fastest.speed is not None and _ratio(climbed) < fastest.speed.low


def _trial(climbs: Mapping[str, Climb], key: str | None) -> int | None:
    return None if key is None else climbs[key].outcome.trial


def _candidates(climbs: Sequence[Climb]) -> list[Candidate]:
    numbers = cluster([climbed.changes for climbed in climbs])
    return [
        Candidate(
            trial=climbed.outcome.trial,
            state=climbed.state or climbed.outcome.state or "",
            patch=climbed.patch,
            summary=climbed.outcome.summary,
            origin=climbed.outcome.origin,
            cluster=number,
            changed_lines=changed_lines(climbed.patch),
            rungs=climbed.rungs,
            tests=climbed.tests,
            speed=climbed.speed,
        )
        for number, climbed in zip(numbers, climbs, strict=True)
    ]


def _evidence(inquiry: Inquiry, found: Posterior, leader: str | None, stopped: str) -> Evidence:
    return Evidence(
        pool=inquiry.pool,
        behaviours=found.behaviours,
        none_right=found.none_right,
        weights=found.weights,
        sources=dict(inquiry.sources),
        reviews=tuple(inquiry.reviews),
        measures=tuple(inquiry.measures),
        stopped=stopped,
        margin=found.margin,
        belief=0.0 if leader is None else found.right[leader],
        beliefs=found.beliefs,
    )


def _why_not(
    choice: Choice,
    inquiry: Inquiry,
    settings: Verification,
    preparation: Preparation,
    ending: Ending,
) -> str:
    limit, pool = ending.limit, inquiry.pool
    ended = f"the budget's limit on {limit} was reached" if limit else "no further idea was left"
    if pool.standing:
        return (
            f"the most probable of {len(pool.standing)} candidate(s) is right with a confidence of "
            f"{choice.confidence:.2f}, below the threshold of {settings.threshold:g}; {ended}"
        )
    if pool.options:
        return f"{_why_none_stands(inquiry, preparation.reproduction)}; {ended}"
    if not preparation.verifiable:
        return f"nothing to verify a patch against: {preparation.reproduction.skipped_reason}"
    return f"{_why_none(preparation, ending.tried)}; {ended}"


def _why_none(preparation: Preparation, tried: int) -> str:
    if not tried:
        return "no edit could be proposed for what the issue's code runs"
    if preparation.slowness:
        goal = preparation.slowness.workload.goal
        return f"none of {tried} edits was {goal:g} times as fast and broke nothing"
    return f"none of {tried} edits made the issue's tests pass and broke nothing"


def _why_none_stands(inquiry: Inquiry, reproduction: Reproduction) -> str:
    """How many were refused by which rung, and what it said of the first."""
    options = inquiry.pool.options
    searched = "passed in the search" if reproduction.quorum is None else "came to the ladder"
    refused = Counter(option.refused for option in options)
    where = ", ".join(f"{number} at {rung}" for rung, number in refused.items())
    first = inquiry.climbs[options[0].key]
    told = [rung.detail for rung in first.rungs if rung.name == options[0].refused and rung.detail]
    such = f", such as trial {first.outcome.trial}: {told[0][:DETAIL]}" if told else ""
    return f"{len(options)} candidate(s) {searched}, none on the ladder ({where}{such})"


def _why_chosen(chosen: Climb, standing: Sequence[Option], reproduction: Reproduction) -> str:
    others = len({option.source for option in standing}) - 1
    passed, number = passed_targets(chosen, reproduction), len(reproduction.targets)
    by_model = f"passed {passed} of {number} tests that a model wrote"
    if reproduction.quorum is not None and not chosen.passed("reproduction"):
        beside = f"{others} other(s) stand beside it" if others else "no other stands"
        return f"it {by_model}, fewer than wanted, and no rung refused it; {beside}"
    beside = f"and so did {others} other(s)" if others else "no other did"
    added = "" if reproduction.quorum is None else f"; it {by_model}"
    return f"{_passed_rungs(chosen)}, {beside}{added}"


def _passed_rungs(chosen: Climb) -> str:
    """Where no Python file is changed there is nothing to build; what else is open is named."""
    silent = [r.name for r in chosen.rungs if r.passed is None and r.name != "builds"]
    but = f" but {' and '.join(silent)}, of which nothing is known" if silent else ""
    return f"it passed every rung{but}"


def _skipped(
    preparation: Preparation,
    settings: Verification,
    candidates: Sequence[Candidate],
    inquiry: Inquiry,
) -> tuple[str, ...]:
    baseline = preparation.baseline.skipped_reason
    notes = [f"baseline: {baseline}"] if baseline else []
    notes += [
        f"{rung.name} (trial {candidate.trial}): {rung.detail}"
        for candidate in candidates
        for rung in candidate.rungs
        if rung.passed is None and rung.name not in settings.without
    ]
    return (*notes, *inquiry.skipped)
