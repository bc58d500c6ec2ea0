"""How candidates of a verdict stand to each other: the lookups that views and sentences share. Pure.

A candidate's key in the evidence is the number of its trial.
"""

from collections.abc import Sequence

from agents.domain import Candidate, Verdict
from agents.selection.evidence import Behaviour, Evidence
from agents.selection.pool import Judgement, Pool, Test


def has_evidence(verdict: Verdict) -> bool:
    """False for verdicts from before there was any, and where there was nothing to choose among."""
    return bool(verdict.evidence.pool.options)


def first_of(verdict: Verdict) -> int | None:
    """Trial of the chosen candidate; of an abstention, the one that came nearest.

    Nearest: the first of the most probable behaviour, else the one that climbed most rungs.
    """
    if verdict.chosen is not None:
        return verdict.chosen
    for behaviour in verdict.evidence.behaviours:
        return int(behaviour.options[0])
    climbed = sorted(verdict.candidates, key=lambda c: (-_rungs_passed(c), c.trial))
    return climbed[0].trial if climbed else None


def other_of(verdict: Verdict) -> int | None:
    """Trial of the runner-up: the verdict's, else the first of the second behaviour."""
    if verdict.runner_up is not None:
        return verdict.runner_up
    second = verdict.evidence.behaviours[1:2]
    return int(second[0].options[0]) if second else None


def candidate_of(verdict: Verdict, trial: int | None) -> Candidate | None:
    """The candidate that a trial brought."""
    return next((c for c in verdict.candidates if c.trial == trial), None)


def behaviour_of(evidence: Evidence, key: str) -> Behaviour | None:
    """The behaviour that a candidate shows; None for one that was refused."""
    return next((b for b in evidence.behaviours if key in b.options), None)


def alike(evidence: Evidence, key: str) -> frozenset[str]:
    """Keys of those that behave like a candidate, its own among them."""
    behaviour = behaviour_of(evidence, key)
    return frozenset(behaviour.options if behaviour else (key,))


def in_order(evidence: Evidence) -> list[str]:
    """Keys of all that was run: by behaviour, the most probable first; then what was refused."""
    behaving = [key for behaviour in evidence.behaviours for key in behaviour.options]
    run = {key for marks in evidence.pool.results.values() for key in marks}
    rest = [o.key for o in evidence.pool.options if o.key in run and o.key not in behaving]
    return behaving + rest


def telling(pool: Pool, test: Test, first: str, other: str) -> bool:
    """Whether one of two candidates passes the test and the other fails."""
    return {pool.mark(test.id, first), pool.mark(test.id, other)} == {"passed", "failed"}


def silence(evidence: Evidence, test: Test, *keys: str) -> str:
    """Why a test has no vote; empty where it has one. `keys`: in a comparison of these."""
    if test.toxic:
        return test.toxic
    weight = evidence.weights.get(test.id)
    if weight is not None and weight.silent:
        return weight.silent
    if not test.stable:
        return "not stable"
    if test.on_base != "failed":
        return f"{test.on_base} on the base"
    mine = any(test.author in alike(evidence, key) for key in keys)
    return "its author's own" if mine else ""


def between(evidence: Evidence, first: str, other: str) -> list[Judgement]:
    """Judgements of what behaves like the one against what behaves like the other."""
    firsts, others = alike(evidence, first), alike(evidence, other)
    return [
        judged
        for judged in evidence.pool.judgements
        if (judged.shown[0] in firsts and judged.shown[1] in others)
        or (judged.shown[1] in firsts and judged.shown[0] in others)
    ]


def in_both_orders(judgements: Sequence[Judgement], keys: frozenset[str]) -> bool:
    """Whether one of `keys` was shown first and one was shown second."""
    return {judged.shown[0] in keys for judged in judgements} == {True, False}


def agreed(judgements: Sequence[Judgement], keys: frozenset[str]) -> bool | None:
    """Whether judgements in both orders all prefer one of `keys` (True) or none of them (False).

    None: they differ, one names neither, or only one order was asked: a tie.
    """
    preferred = {None if j.preferred is None else j.preferred in keys for j in judgements}
    settled = in_both_orders(judgements, keys) and len(preferred) == 1
    return preferred.pop() if settled else None


def _rungs_passed(candidate: Candidate) -> int:
    return sum(rung.passed is True for rung in candidate.rungs)
