"""What became of trials that brought no candidate, in sentences made of the record alone. Pure."""

from collections import Counter
from collections.abc import Iterator

from agents.domain import Outcome, Verdict
from agents.store import SearchRecord
from service.console.words import count
from service.issues.fates import told

SHOWN_LINES = 20
"""Most lines of a trial's feedback."""


def became_of(record: SearchRecord, trial: int) -> tuple[str, ...]:
    """Of one trial: its kind and reason, the tests that it fails, and its feedback.

    Raises: IndexError for a trial that there is not.
    """
    outcome = record.trials[trial].outcome
    if outcome is None:
        return (f"Trial {trial} brought no candidate: it was not tried to its end.",)
    return tuple(_of(record, outcome))


def nearest(record: SearchRecord, verdict: Verdict) -> tuple[str, ...]:
    """Where there was no candidate: which trial came nearest, and what it fails."""
    every = [trial.outcome for trial in record.trials if trial.outcome is not None]
    edits = [outcome for outcome in every if outcome.kind == "expanded" and outcome.stage == "edit"]
    if edits:
        best = max(edits, key=lambda outcome: (outcome.value, -outcome.trial))
        value = f"value {best.value:.2f}{_share(best, verdict)}"
        return (f"{_named(best)} came nearest, with {value}: {told(record, best)}.",)
    reasons = Counter(outcome.reason or outcome.kind for outcome in every)
    if not reasons:
        return ()
    listed = ", ".join(f"{n} {reason.replace('_', ' ')}" for reason, n in reasons.most_common())
    return (f"None of {count(len(every), 'trial')} made an edit that could be run: {listed}.",)


def _of(record: SearchRecord, outcome: Outcome) -> Iterator[str]:
    reason = f", {outcome.reason.replace('_', ' ')}" if outcome.reason else ""
    value = f", value {outcome.value:.2f}" if outcome.kind == "expanded" else ""
    said = told(record, outcome)
    yield f"{_named(outcome)} brought no candidate ({outcome.kind}{reason}{value}): {said}."
    broken = [f"{test} {status}" for test, status in outcome.tests.items() if status != "passed"]
    if broken:
        yield f"Tests that do not pass: {', '.join(broken)}."
    lines = [line for line in outcome.feedback.splitlines() if line.strip()]
    yield from (f"| {line}" for line in lines[:SHOWN_LINES])
    if len(lines) > SHOWN_LINES:
        yield f"| and {count(len(lines) - SHOWN_LINES, 'more line')}"


def _named(outcome: Outcome) -> str:
    whose = f" ({outcome.origin})" if outcome.origin else ""
    return f"Trial {outcome.trial}{whose}"


def _share(outcome: Outcome, verdict: Verdict) -> str:
    """How much of the issue passes."""
    asked = {*verdict.reproduction.targets, *verdict.reproduction.guards}
    passed = sum(outcome.tests.get(test) == "passed" for test in asked)
    return f", and passes {passed} of {count(len(asked), 'test')} of the issue" if asked else ""
