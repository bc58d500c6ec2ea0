"""A pool out of candidates that climbed the ladder: what the issue's own tests and the repository's
say of each. Further evidence is added by functions that see the pool and never the labels."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from agents.domain import TestStatus
from agents.selection.labelled import LabelledPool
from agents.selection.pool import Mark, Option, Pool, Test
from agents.verify.choice import changed_lines
from agents.verify.clusters import fingerprint
from agents.verify.ladder import Climb
from benchmarks.selection.candidates import Sampling, Source
from benchmarks.selection.ground import Ground, key
from benchmarks.selection.sampling import encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Enriched:
    """A pool with more evidence in it."""

    pool: Pool
    costs: Mapping[str, float] = field(default_factory=dict)
    """As in `LabelledPool.costs`: what the new evidence cost."""


Evidence = Callable[[Pool, Ground], Enriched]


def labelled(
    samplings: Sequence[Sampling], on: Ground, evidence: Sequence[Evidence] = ()
) -> LabelledPool:
    """The candidates of one issue, all sources together. `evidence`: asked in this order."""
    pool, costs = visible(on), _costs(samplings, on)
    for more in evidence:
        told = more(pool, on)
        pool, costs = told.pool, costs | dict(told.costs)
    right = {
        key(sampling, trial)
        for sampling in samplings
        for trial in sampling.patches
        if trial.trial in sampling.right
    }
    return LabelledPool(issue=samplings[0].task, pool=pool, right=frozenset(right), costs=costs)


def visible(on: Ground) -> Pool:
    """What the ladder says, and no more."""
    reproduction = on.preparation.reproduction
    tests = [Test(id=test, origin="issue") for test in reproduction.targets]
    tests += [Test(id=test, origin="issue", on_base="passed") for test in reproduction.guards]
    return Pool(
        options=tuple(_options(on)),
        tests=tuple(tests),
        results={
            test.id: {
                name: mark(status)
                for name, climb in on.climbs.items()
                if (status := climb.tests.get(test.id)) is not None
            }
            for test in tests
        },
    )


def only(given: LabelledPool, source: Source) -> LabelledPool:
    """The pool as it would be without the candidates of the other source.

    For pools whose tests come from the issue alone: what candidates brought along stays.
    """
    pool = given.pool
    options = tuple(option for option in pool.options if option.key.startswith(f"{source}-"))
    kept = {option.key for option in options}
    results = {
        test: {name: told for name, told in each.items() if name in kept}
        for test, each in pool.results.items()
    }
    return replace(
        given, pool=replace(pool, options=options, results=results), right=given.right & kept
    )


def mark(status: TestStatus) -> Mark:
    """A run that was cut short says nothing."""
    if status == "passed":
        return "passed"
    return "failed" if status in {"failed", "error"} else "unknown"


def _options(on: Ground) -> Iterator[Option]:
    for name, climb in on.climbs.items():
        told = {rung.name: rung.passed for rung in climb.rungs}
        patch = encoded(on.candidates[name].patch)
        yield Option(
            key=name,
            source=fingerprint(climb.changes) if climb.changes else sha256(patch).hexdigest(),
            changed_lines=changed_lines(patch),
            refused=next((rung for rung, passed in told.items() if passed is False), ""),
            regression=_regression(climb),
        )


def _regression(climb: Climb) -> Mark:
    told = next((rung.passed for rung in climb.rungs if rung.name == "regression"), None)
    return "unknown" if told is None else ("passed" if told else "failed")


def _costs(samplings: Sequence[Sampling], on: Ground) -> dict[str, float]:
    distinct = {id(climb): climb.usage.sandbox_s for climb in on.climbs.values()}
    tokens = sum(trial.tokens for sampling in samplings for trial in sampling.trials)
    return {"tokens:edit": float(tokens), "verify": round(sum(distinct.values()), 2)}
