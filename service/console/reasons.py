"""What speaks for one candidate (``it``) against another: a sentence for each reason. Pure."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from agents.selection.evidence import Demand, Evidence
from agents.selection.pool import Judgement, Mark
from service.console.standing import (
    agreed,
    alike,
    behaviour_of,
    between,
    in_both_orders,
    silence,
    telling,
)
from service.console.words import count, verb

_SUITE: dict[Mark, str] = {
    "passed": "passes the repository's own tests",
    "failed": "fails tests of the repository's own",
    "unknown": "could not be held against the repository's own tests",
}


def by_tests(evidence: Evidence, one: str, two: str, name: str) -> Iterator[str]:
    """How many tests pass on one of the two alone, and how many of them have no vote."""
    pool = evidence.pool
    differing = [test for test in pool.tests if telling(pool, test, one, two)]
    voting = [test for test in differing if not silence(evidence, test, one, two)]
    mine = sum(pool.mark(test.id, one) == "passed" for test in voting)
    parts = [
        f"{number} {verb(number, 'pass')} only on {key}"
        for number, key in ((mine, one), (len(voting) - mine, two))
        if number
    ]
    if voting:
        tell = verb(len(voting), "tell")
        yield f"{count(len(voting), 'test')} {tell} trial {one} from {name}: {', '.join(parts)}."
    else:
        yield f"No test tells trial {one} from {name}."
    mute = len(differing) - len(voting)
    if mute:
        yield f"{count(mute, 'more test')} would, but {verb(mute, 'have')} no vote."


def by_probes(evidence: Evidence, one: str, two: str) -> Iterator[str]:
    """On how many inputs the outputs differ, and what was said of them."""
    pairs = [
        (probe.outputs[one], probe.outputs[two], probe.believed)
        for probe in evidence.pool.probes
        if one in probe.outputs and two in probe.outputs
    ]
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    if not differing:
        return
    asked = sum(len(believed) for _, _, believed in differing)
    mine = sum(_named(believed, output) for output, _, believed in differing)
    theirs = sum(_named(believed, output) for _, output, believed in differing)
    given = f"{len(differing)} of {count(len(pairs), 'input')} {verb(len(differing), 'give')}"
    said = f"of {count(asked, 'answer')} on which is right, {mine} {verb(mine, 'name')} its own"
    shares = f"; {said} and {theirs} the other" if asked else ""
    yield f"{given} another output on trial {two}{shares}."


def _named(believed: Sequence[str], output: str) -> int:
    """How often it was said to be right: an empty answer stands for none of the outputs."""
    return believed.count(output) if output else 0


def by_sources(evidence: Evidence, one: str, two: str) -> Iterator[str]:
    """How many different sources behave like each."""
    mine, theirs = behaviour_of(evidence, one), behaviour_of(evidence, two)
    if mine is None or theirs is None:
        return
    behave = f"{count(mine.sources, 'source')} {verb(mine.sources, 'behave')} like it"
    others = f"{count(theirs.sources, 'source')} like trial {two}"
    yield f"{behave} (belief {mine.probability:.2f}), {others} ({theirs.probability:.2f})."


def by_regression(evidence: Evidence, one: str, two: str) -> Iterator[str]:
    """The repository's own tests, where they tell the two apart."""
    marks = {option.key: option.regression for option in evidence.pool.options}
    if one in marks and two in marks and marks[one] != marks[two]:
        yield f"It {_SUITE[marks[one]]}; trial {two} {_SUITE[marks[two]]}."


def by_judges(evidence: Evidence, one: str, two: str) -> Iterator[str]:
    """Whom each judge preferred; what it did not repeat in the other order is a tie."""
    mine = alike(evidence, one)
    found = between(evidence, one, two)
    ordered = sorted(found, key=lambda judged: judged.judge)
    for judge, group in groupby(ordered, key=lambda judged: judged.judge):
        yield f"The {judge} judge {_judged(list(group), mine, f'trial {two}')}."


def _judged(judgements: Sequence[Judgement], mine: frozenset[str], name: str) -> str:
    if not in_both_orders(judgements, mine):
        return "was asked in one order only: a tie"
    if all(judged.preferred is None for judged in judgements):
        return "preferred neither in both orders: a tie"
    preferred = agreed(judgements, mine)
    if preferred is None:
        return "did not keep to its answer when the order changed: a tie"
    return f"preferred {'it' if preferred else name} in both orders"


def by_reviews(evidence: Evidence, one: str, two: str) -> Iterator[str]:
    """What a reviewer found met, where both were reviewed."""
    reviews = {review.option: review.demands for review in evidence.reviews}
    if one in reviews and two in reviews:
        yield (
            f"A reviewer found {_met(reviews[one])} demands met by it, "
            f"{_met(reviews[two])} by trial {two}."
        )


def _met(demands: Sequence[Demand]) -> str:
    return f"{sum(demand.met is True for demand in demands)} of {len(demands)}"


Reason = Callable[[Evidence, str, str], Iterator[str]]
REASONS: tuple[Reason, ...] = (
    by_probes,
    by_sources,
    by_regression,
    by_judges,
    by_reviews,
)
"""Those beside the tests: what was run before what was said."""
