"""Two orders of one comparison, and which candidate A and B were in each."""

from collections.abc import Callable

from agents.domain import Usage
from agents.errors import ModelError, ReplayMismatch
from agents.selection.pool import Judgement
from agents.verify.judging.choices import Choice
from agents.verify.judging.prompts import render
from agents.verify.judging.showing import shown, told
from agents.verify.panel import Brief, Case, Judged

One = Callable[[Case, Brief, Brief], tuple[Judgement | None, Usage]]
"""One order: the second argument is A, the third B."""


def in_both_orders(one: One, case: Case, first: Brief, second: Brief) -> Judged:
    """What came of each order, those left out whose replies could not be read. Where the model
    cannot be asked for the second, what the first said and cost is kept. Raises: ModelError where it
    cannot be asked for the first; ReplayMismatch."""
    forth, usage = one(case, first, second)
    back, failed = None, ""
    try:
        back, more = one(case, second, first)
    except ReplayMismatch:
        raise
    except ModelError as error:
        failed = str(error)
    else:
        usage += more
    made = tuple(found for found in (forth, back) if found is not None)
    return Judged(judgements=made, usage=usage, failed=failed)


def judgement(choice: Choice | None, a: Brief, b: Brief, judge: str) -> Judgement | None:
    """A choice between A and B as one between candidates. None where nothing could be read."""
    if choice is None:
        return None
    keys = {"A": a.key, "B": b.key, None: None}
    return Judgement(
        shown=(a.key, b.key), preferred=keys[choice.side], judge=judge, reason=choice.reason
    )


def pair_text(
    case: Case, a: Brief, b: Brief, tokens: int, template: str = "pair", **more: object
) -> str:
    """The issue and both candidates, of about `tokens` and the template's own words."""
    return render(template, told=told(case, tokens), a=shown(a, tokens), b=shown(b, tokens), **more)
