"""Why this patch and not the runner-up, in sentences made of the evidence alone. Pure.

No model writes a word here, and no number is anything but a count or a field of the evidence.
"""

from collections.abc import Iterator

from agents.domain import Candidate, Verdict
from service.console.reasons import REASONS, by_tests
from service.console.standing import (
    alike,
    behaviour_of,
    candidate_of,
    first_of,
    has_evidence,
    other_of,
)
from service.console.words import count, verb


def why(verdict: Verdict, other: int | None = None) -> tuple[str, ...]:
    """The sentences. `other`: the trial to compare with; None: the runner-up.

    Of an abstention: which candidate came nearest, what refused it, and how it compares.
    """
    first = first_of(verdict)
    if first is None:
        return ("There was no candidate to choose.",)
    other = other if other is not None else other_of(verdict)
    opening = [_nearest(verdict, first)] if verdict.decision == "abstained" else []
    if not has_evidence(verdict):
        return (*opening, *_from_rungs(verdict, first))
    if other is None or other == first:
        return (*opening, *_alone(verdict, str(first)))
    return (*opening, *_compared(verdict, first, other))


def _nearest(verdict: Verdict, first: int) -> str:
    candidate = candidate_of(verdict, first)
    refusal = refused_by(candidate) if candidate else ""
    behaviour = behaviour_of(verdict.evidence, str(first))
    belief = f" (belief {behaviour.probability:.2f})" if behaviour else ""
    return (
        f"Trial {first} came nearest{belief}; {refusal or f'no rung refused it: {verdict.reason}'}."
    )


def refused_by(candidate: Candidate) -> str:
    """The rung that refused a candidate, and how; empty where none did."""
    for rung in candidate.rungs:
        if rung.passed is False:
            return f"{rung.name} refused it" + (f": {rung.detail}" if rung.detail else "")
    return "" if candidate.accepted else "no rung says that it solves the issue"


def _from_rungs(verdict: Verdict, first: int) -> Iterator[str]:
    """What can be said of a verdict from before there was evidence."""
    chosen = candidate_of(verdict, first)
    accepted = [c for c in verdict.candidates if c.accepted]
    if chosen is None or not accepted:
        return
    equal = sum(c.cluster == chosen.cluster for c in accepted)
    yield f"{equal} of {count(len(accepted), 'accepted candidate')} {verb(equal, 'have')} its source."
    if verdict.tie:
        yield _settled(verdict, first, verdict.runner_up)


def _alone(verdict: Verdict, first: str) -> Iterator[str]:
    evidence = verdict.evidence
    behaviour = behaviour_of(evidence, first)
    refused = sum(bool(option.refused) for option in evidence.pool.options)
    if behaviour is not None and len(behaviour.options) > 1:
        yield (
            f"All {len(behaviour.options)} candidates that stand behave alike, "
            f"from {count(behaviour.sources, 'source')}; nothing tells them apart."
        )
    else:
        yield "No other candidate stands."
    if refused:
        yield f"{count(refused, 'candidate')} {'was' if refused == 1 else 'were'} refused on the ladder."


def _compared(verdict: Verdict, first: int, other: int) -> Iterator[str]:
    evidence, one, two = verdict.evidence, str(first), str(other)
    name = _named(verdict, other)
    refused = candidate_of(verdict, other)
    if refused is not None and (refusal := refused_by(refused)):
        yield f"Of {name}, {refusal}."
        return
    if two in alike(evidence, one):
        yield f"Nothing tells trial {first} from trial {other}: they behave alike."
        yield _settled(verdict, first, other)
        return
    yield from by_tests(evidence, one, two, name)
    for reason in REASONS:
        yield from reason(evidence, one, two)
    if verdict.tie:
        yield _settled(verdict, first, other)


def _settled(verdict: Verdict, first: int, other: int | None) -> str:
    """How a tie was settled."""
    one, two = candidate_of(verdict, first), candidate_of(verdict, other)
    by = ""
    if one is not None and two is not None and verdict.decision == "patch":
        by = f": {_preferable(one, two)}"
    return f"The evidence does not settle it{by}."


def _preferable(one: Candidate, two: Candidate) -> str:
    if one.speed and two.speed and one.speed.ratio > two.speed.ratio:
        return "the faster patch was taken"
    lines = f"{one.changed_lines} changed lines against {two.changed_lines}"
    if one.changed_lines < two.changed_lines:
        return f"the smaller patch was taken, {lines}"
    return f"the first was taken, {lines}"


def _named(verdict: Verdict, other: int) -> str:
    return f"the runner-up, trial {other}" if other == other_of(verdict) else f"trial {other}"
