"""Which states of a search are put up for verification. Pure."""

from collections.abc import Iterable, Sequence

from agents.domain import Outcome, Reproduction


def put_up(outcomes: Sequence[Outcome], reproduction: Reproduction, most: int) -> list[Outcome]:
    """Each different finished state once, by trial; at most `most`, the most valued.

    Where the search had only tests that a model wrote to go by, and no state passed enough of them,
    those that passed any and broke nothing: a right patch may fail a wrong test. Beside a finished
    state they could only be refused, as they are where the issue's own code must pass.
    """
    found = [o for o in outcomes if o.kind == "expanded" and o.patch and o.stage == "edit"]
    solved = _first_of_each(o for o in found if o.solved)
    others = _first_of_each(o for o in found if _passed_some(o, reproduction))
    chosen = _most_valued(solved or others)[:most]
    return sorted(chosen, key=lambda outcome: outcome.trial)


def _passed_some(outcome: Outcome, reproduction: Reproduction) -> bool:
    """Of the targets, where these are tests that a model wrote; and nothing regressed."""
    if reproduction.quorum is None or outcome.regressions:
        return False
    return any(outcome.tests.get(test) == "passed" for test in reproduction.targets)


def _first_of_each(outcomes: Iterable[Outcome]) -> list[Outcome]:
    first: dict[str | None, Outcome] = {}
    for outcome in outcomes:
        first.setdefault(outcome.state, outcome)
    return list(first.values())


def _most_valued(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda outcome: (-outcome.value, outcome.trial))
