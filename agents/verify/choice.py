"""From climbed candidates to one verdict: clusters, a vote, ties, abstention. Pure.

Of an issue with a workload, the faster patch settles ties before the smaller one does.
"""

from collections import Counter
from collections.abc import Sequence

from agents.domain import Candidate, Preparation, Usage, Verdict
from agents.verify.clusters import cluster
from agents.verify.ladder import Climb

PRIOR_WITH_SUITE = 0.8
"""Stated, not measured: how often a lone patch is right that passes the issue's tests and the
repository's own. Calibration replaces it once verdicts are stored."""
PRIOR_WITHOUT_SUITE = 0.5


def choose(
    preparation: Preparation,
    climbs: Sequence[Climb],
    *,
    tried: int,
    limit: str | None,
    usage: Usage,
) -> Verdict:
    """Accepted candidates vote by cluster; the faster, the smaller, then the earlier patch settles
    ties.
    """
    candidates = tuple(_candidates(climbs))
    accepted = [c for c in candidates if c.accepted]
    ranked = _ranked(accepted)
    verdict = Verdict(
        decision="patch" if ranked else "abstained",
        reason=_why(ranked, preparation, candidates, tried, limit),
        candidates=candidates,
        baseline=preparation.baseline,
        reproduction=preparation.reproduction,
        skipped=_skipped(preparation, candidates),
        limit=limit,
        usage=usage,
        slowness=preparation.slowness,
    )
    return _with_choice(verdict, ranked, accepted) if ranked else verdict


def changed_lines(patch: bytes) -> int:
    """Added and removed lines of a git diff."""
    body = [line for line in patch.splitlines() if line[:3] not in {b"+++", b"---"}]
    return sum(line[:1] in {b"+", b"-"} for line in body)


def _candidates(climbs: Sequence[Climb]) -> list[Candidate]:
    numbers = cluster([climbed.changes for climbed in climbs])
    return [
        Candidate(
            trial=climbed.outcome.trial,
            state=climbed.outcome.state or "",
            patch=climbed.outcome.patch,
            summary=climbed.outcome.summary,
            origin=climbed.outcome.origin,
            cluster=number,
            changed_lines=changed_lines(climbed.outcome.patch),
            rungs=climbed.rungs,
            tests=climbed.tests,
            speed=climbed.speed,
        )
        for number, climbed in zip(numbers, climbs, strict=True)
    ]


def _ranked(accepted: Sequence[Candidate]) -> list[Candidate]:
    """The best of each cluster, best cluster first."""
    votes = Counter(candidate.cluster for candidate in accepted)
    best: dict[int, Candidate] = {}
    for candidate in sorted(accepted, key=lambda c: (c.changed_lines, c.trial)):
        best.setdefault(candidate.cluster, candidate)
    fastest = max(best.values(), key=_speed, default=None)
    return sorted(
        best.values(),
        key=lambda c: (-votes[c.cluster], _is_slower(c, fastest), c.changed_lines, c.trial),
    )


def _speed(candidate: Candidate) -> float:
    return candidate.speed.ratio if candidate.speed else 0.0


def _is_slower(candidate: Candidate, fastest: Candidate | None) -> bool:
    """By more than noise: its speed-up lies below the interval of the largest."""
    if fastest is None or fastest.speed is None:
        return False
    return _speed(candidate) < fastest.speed.low


def _with_choice(
    verdict: Verdict, ranked: Sequence[Candidate], accepted: Sequence[Candidate]
) -> Verdict:
    votes = Counter(candidate.cluster for candidate in accepted)
    first = ranked[0]
    second = ranked[1] if len(ranked) > 1 else None
    by_suite = any(r.name == "regression" and r.passed for r in first.rungs)
    prior = PRIOR_WITH_SUITE if by_suite else PRIOR_WITHOUT_SUITE
    return Verdict(
        decision="patch",
        reason=verdict.reason,
        patch=first.patch,
        chosen=first.trial,
        runner_up=second.trial if second else None,
        tie=second is not None and votes[first.cluster] == votes[second.cluster],
        confidence=round(prior * votes[first.cluster] / len(accepted), 3),
        candidates=verdict.candidates,
        baseline=verdict.baseline,
        reproduction=verdict.reproduction,
        skipped=verdict.skipped,
        limit=verdict.limit,
        usage=verdict.usage,
        slowness=verdict.slowness,
    )


def _why(
    ranked: Sequence[Candidate],
    preparation: Preparation,
    candidates: Sequence[Candidate],
    tried: int,
    limit: str | None,
) -> str:
    if ranked:
        others = f"and so did {len(ranked) - 1} other(s)" if len(ranked) > 1 else "no other did"
        return f"it passed every rung, {others}"
    if not preparation.verifiable:
        return f"nothing to verify a patch against: {preparation.reproduction.skipped_reason}"
    ended = f"the budget's limit on {limit} was reached" if limit else "no further idea was left"
    if candidates:
        return f"{len(candidates)} candidate(s) passed in the search, none on the ladder; {ended}"
    if not tried:
        return f"no edit could be proposed for what the issue's code runs; {ended}"
    if preparation.slowness:
        goal = preparation.slowness.workload.goal
        return f"none of {tried} edits was {goal:g} times as fast and broke nothing; {ended}"
    return f"none of {tried} edits made the issue's tests pass and broke nothing; {ended}"


def _skipped(preparation: Preparation, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    notes = [f"baseline: {preparation.baseline.skipped_reason}"] * bool(
        preparation.baseline.skipped_reason
    )
    notes += [
        f"{rung.name} (trial {candidate.trial}): {rung.detail}"
        for candidate in candidates
        for rung in candidate.rungs
        if rung.passed is None
    ]
    return tuple(notes)
