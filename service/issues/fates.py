"""What became of each patch that an issue brought along, in a line for people."""

from collections.abc import Iterator
from dataclasses import dataclass

from agents.domain import Outcome, OutcomeKind
from agents.store import SearchRecord

SHOWN_TESTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """One given patch after the search."""

    name: str
    trial: int
    passed: bool
    """In the search: nothing that was run refused it."""
    same_as: str | None
    """An earlier one that leads to the very same files."""
    left_out: tuple[str, ...]
    """Test files that came with it."""
    told: str
    """What became of it; of one that could not be used, with file and line."""
    kind: OutcomeKind | None = None
    """None: not tried to its end."""
    reason: str = ""
    """As in `Outcome.reason`."""
    chosen: bool = False


def fates(record: SearchRecord) -> Iterator[Fate]:
    """In the order in which they were given."""
    first: dict[str, str] = {}
    for number, external in enumerate(record.issue.candidates):
        outcome = record.trials[number].outcome if number < len(record.trials) else None
        state = outcome.state if outcome else None
        known = first.setdefault(state, external.name) if state else external.name
        same = None if known == external.name else known
        yield Fate(
            name=external.name,
            trial=number,
            passed=outcome is not None and outcome.solved,
            same_as=same,
            left_out=tuple(sorted(outcome.brought)) if outcome else (),
            told=told(record, outcome) + (f", the same as {same}" if same else ""),
            kind=outcome.kind if outcome else None,
            reason=outcome.reason if outcome else "",
            chosen=record.verdict is not None and record.verdict.chosen == number,
        )


def told(record: SearchRecord, outcome: Outcome | None) -> str:
    """What became of a trial, given or not, in a line."""
    if outcome is None:
        return "not tried"
    if outcome.kind != "expanded":
        return outcome.feedback.splitlines()[0] if outcome.feedback else outcome.reason
    if record.verdict is not None and record.verdict.chosen == outcome.trial:
        return "chosen"
    return _refusal(record, outcome.trial) or ("passes" if outcome.solved else _failure(outcome))


def _refusal(record: SearchRecord, trial: int) -> str:
    """The rung of the ladder that refused it; empty: none did."""
    climbed = [c for c in (record.verdict.candidates if record.verdict else ()) if c.trial == trial]
    refused = (rung for candidate in climbed for rung in candidate.rungs if rung.passed is False)
    return next((f"refused by {rung.name}: {rung.detail}" for rung in refused), "")


def _failure(outcome: Outcome) -> str:
    broken = [test for test, status in outcome.tests.items() if status != "passed"]
    more = f" and {len(broken) - SHOWN_TESTS} more" if len(broken) > SHOWN_TESTS else ""
    return f"fails {', '.join(broken[:SHOWN_TESTS])}{more}" if broken else "is not fast enough"
