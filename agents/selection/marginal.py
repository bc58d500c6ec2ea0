"""What to spend the next unit of budget on, or why to stop. Pure.

The gain of a measure is by how much it is expected to raise the chance that the right candidate is
chosen (the knowledge gradient, Frazier et al. 2008): over what it may bring,

    gain = Σ P(o) · (max_s P(s right | o) - P(leader right | o))

which is 0 where no result would change the choice. Because a single test may be too weak to change
it where three are not, a measure is also judged by a few equal results in a row, and the best gain
for its cost counts (KG*, Frazier & Powell 2010).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import exp

from agents.selection.beliefs import DEFAULT, Beliefs
from agents.selection.decision import decide
from agents.selection.evidence import Action, Measure
from agents.selection.foresight import FLAKY, Prospect, Rivals, rivals
from agents.selection.grouping import voting
from agents.selection.pool import Mark, Pool
from agents.selection.posterior import Posterior, posterior

IN_A_ROW = (1, 2, 3)
"""How many equal results are looked ahead."""
AT_MOST = 6
"""Results of one kind that are held against the leader to see whether it can be overtaken."""

FOLLOWING: tuple[Action, ...] = ("written", "judge")
"""What may follow an edit."""
RERUNS = 8
"""Tests of which it is looked at what the choice would be without them."""

WHY: Mapping[Action, str] = {
    "edit": "another candidate may be better than all there are",
    "rerun": "the choice hangs on this one test",
    "written": "another test may tell the first two apart",
    "distinguish": "an input may tell the first two apart",
    "judge": "a judge may tell the first two apart",
    "review": "a review may tell the first two apart",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What can still be done."""

    costs: Mapping[Action, float]
    """Measure → seconds that it is expected to take, above 0. What is not there cannot be done."""
    left: float
    """Seconds until a limit."""
    least_rate: float = 2e-4
    """A measure that is expected to gain less for each second is not worth taking: twenty seconds
    must raise the chance to choose right by 0.4 points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One measure, or (None) why to stop."""

    measure: Measure | None
    stopped: str = ""


def next_measure(pool: Pool, found: Posterior, means: Means, beliefs: Beliefs = DEFAULT) -> Advice:
    """The measure with the largest expected gain for its cost."""
    affordable = {action: cost for action, cost in means.costs.items() if cost <= means.left}
    leader = decide(pool, found).chosen
    if leader is None:
        return _first_edit(affordable, beliefs)
    if not affordable:
        reason = "the time is up" if means.costs else "nothing else can be done"
        return Advice(measure=None, stopped=reason)
    between = rivals(pool, found, leader)
    if between.other is None and "edit" not in affordable:
        return Advice(measure=None, stopped="there is nothing to choose between")
    if not _can_be_overtaken(between, affordable, means.left, beliefs):
        return Advice(measure=None, stopped="nothing that is left could change the choice")
    measures = list(_measures(between, found, affordable, beliefs))
    worth = [m for m in measures if m.expected_gain >= means.least_rate * m.cost]
    if not worth:
        return Advice(measure=None, stopped="no measure is expected to gain what it costs")
    return Advice(measure=max(worth, key=lambda m: (m.expected_gain / m.cost, m.action)))


def _first_edit(costs: Mapping[Action, float], beliefs: Beliefs) -> Advice:
    if "edit" not in costs:
        return Advice(measure=None, stopped="no candidate stands")
    share = beliefs.right.yes / (beliefs.right.yes + beliefs.right.no)
    return Advice(
        measure=Measure(
            action="edit",
            reason="there is no candidate yet",
            expected_gain=share,
            cost=costs["edit"],
        )
    )


def _measures(
    between: Rivals, found: Posterior, costs: Mapping[Action, float], beliefs: Beliefs
) -> Iterator[Measure]:
    for action, cost in sorted(costs.items()):
        if action == "rerun":
            yield from _reruns(between, cost, beliefs)
            continue
        gains = [
            _gain(between.prospects(action, times), found, between.leader, beliefs) / times
            for times in IN_A_ROW
        ]
        if action == "edit":
            gains += _followed(between, found, costs, beliefs)
        yield Measure(
            action=action,
            reason=WHY[action],
            expected_gain=max(gains),
            cost=cost,
            about=tuple(filter(None, (between.leader, between.other))),
        )


def _followed(
    between: Rivals, found: Posterior, costs: Mapping[Action, float], beliefs: Beliefs
) -> Iterator[float]:
    """Gains of an edit and what then tells the new candidate from the others, for its part of the
    cost: by itself it rarely changes the choice."""
    prospects = between.prospects("edit")
    after = [posterior(prospect.pool, beliefs) for prospect in prospects]
    for action, times in product(FOLLOWING, IN_A_ROW):
        if action not in costs:
            continue
        told = [
            prospect.share
            * weight
            * _best(prospect.pool, a, between.leader, action, times, beliefs)
            for prospect, weight, a in zip(prospects, _weights(after, found), after, strict=True)
        ]
        yield sum(told) * costs["edit"] / (costs["edit"] + times * costs[action])


def _best(
    pool: Pool, after: Posterior, leader: str, action: Action, times: int, beliefs: Beliefs
) -> float:
    """What a switch of the leader gains at once, and what a measure after it is expected to."""
    first = decide(pool, after).chosen or leader
    then = rivals(pool, after, first).prospects(action, times)
    return after.right[first] - after.right[leader] + _gain(then, after, first, beliefs)


def _weights(after: Sequence[Posterior], found: Posterior) -> list[float]:
    """How likely the beliefs make each prospect; they sum to 1."""
    likely = [exp(a.log_evidence - found.log_evidence) for a in after]
    return [weight / sum(likely) for weight in likely]


def _reruns(between: Rivals, cost: float, beliefs: Beliefs) -> Iterator[Measure]:
    """A test that may be flaky, and without which another candidate would be chosen. Only tests
    that tell the leader from another candidate, and no two that say the same of everybody."""
    tests: dict[tuple[tuple[str, Mark], ...], str] = {}
    for test in voting(between.pool):
        marks = between.pool.results.get(test.id, {})
        leads = marks.get(between.leader, "unknown")
        if leads == "passed" and "failed" in marks.values():
            tests.setdefault(tuple(sorted(marks.items())), test.id)
    for name in list(tests.values())[:RERUNS]:
        without = posterior(_without(between.pool, name), beliefs).right
        change = max(without.values()) - without[between.leader]
        yield Measure(
            action="rerun",
            reason=WHY["rerun"],
            expected_gain=FLAKY * change,
            cost=cost,
            about=(name,),
        )


def _without(pool: Pool, name: str) -> Pool:
    """As if a test were not stable."""
    tests = (replace(test, stable=False) if test.id == name else test for test in pool.tests)
    return replace(pool, tests=tuple(tests))


def _gain(prospects: list[Prospect], found: Posterior, leader: str, beliefs: Beliefs) -> float:
    """In [0, 1]; prospects are weighted by how likely the beliefs make them, and by their share."""
    if not prospects:
        return 0.0
    after = [posterior(prospect.pool, beliefs) for prospect in prospects]
    return sum(
        prospect.share * weight * (max(a.right.values()) - a.right[leader])
        for prospect, weight, a in zip(prospects, _weights(after, found), after, strict=True)
    )


def _can_be_overtaken(
    between: Rivals, costs: Mapping[Action, float], left: float, beliefs: Beliefs
) -> bool:
    """Whether another candidate would lead if everything that is left spoke for the rival. A new
    candidate may, where something is left to tell it from the leader."""
    if "edit" in costs and any(left >= costs["edit"] + costs.get(a, left) for a in FOLLOWING):
        return True
    for action, cost in costs.items():
        if action == "rerun":
            continue
        times = max(1, min(AT_MOST, int(left / cost)))
        for prospect in between.prospects(action, times):
            right = posterior(prospect.pool, beliefs).right
            if max(right.values()) > right[between.leader]:
                return True
    return "rerun" in costs and any(m.expected_gain > 0 for m in _reruns(between, 1.0, beliefs))
