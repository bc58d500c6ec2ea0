"""Which states of a search are put up for verification. Pure."""

from collections.abc import Iterable, Sequence

from agents.domain import Outcome, Reproduction


def put_up(outcomes: Sequence[Outcome], reproduction: Reproduction, most: int) -> list[Outcome]:
    """Each different finished state once, by trial; at most `most`, the most valued.

    Where the search had only tests that a model wrote to go by, other states fill up the number: a
    right patch may fail a wrong test. Where the issue's own code must pass, they could only fail.
    """
    found = [o for o in outcomes if o.kind == "expanded" and o.patch and o.stage == "edit"]
    solved = _first_of_each(o for o in found if o.solved)
    taken = {o.state for o in solved}
    others = _first_of_each(o for o in found if not o.solved and o.state not in taken)
    beside = others if reproduction.quorum is not None else []
    chosen = [*_most_valued(solved), *_most_valued(beside)][:most]
    return sorted(chosen, key=lambda outcome: (not outcome.solved, outcome.trial))


def _first_of_each(outcomes: Iterable[Outcome]) -> list[Outcome]:
    first: dict[str | None, Outcome] = {}
    for outcome in outcomes:
        first.setdefault(outcome.state, outcome)
    return list(first.values())


def _most_valued(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda outcome: (-outcome.value, outcome.trial))
