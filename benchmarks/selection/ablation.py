"""What each rung of the ladder is worth: the same pools without what it found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from agents.selection.answers import answers
from agents.selection.choice import Choice, Selector
from agents.selection.decision import ladder
from agents.selection.labelled import LabelledPool
from agents.selection.pool import Origin, Pool
from benchmarks.selection.report import between, percent, told_of

INPUTS = "with two inputs"


def without_tests(origin: Origin) -> Callable[[Pool], Pool]:
    """As if no test of that origin had been run."""
    return lambda pool: replace(
        pool, tests=tuple(test for test in pool.tests if test.origin != origin)
    )


def without_regression(pool: Pool) -> Pool:
    return replace(
        pool, options=tuple(replace(option, regression="unknown") for option in pool.options)
    )


def without_review(pool: Pool) -> Pool:
    return replace(pool, options=tuple(replace(option, review=None) for option in pool.options))


def without_judge(pool: Pool) -> Pool:
    return replace(pool, judgements=())


def without_clusters(pool: Pool) -> Pool:
    """Every candidate a source of its own."""
    return replace(
        pool, options=tuple(replace(option, source=option.key) for option in pool.options)
    )


RUNGS: Mapping[str, Callable[[Pool], Pool]] = {
    "regression": without_regression,
    "written": without_tests("written"),
    "cross_run": without_tests("author"),
    "clusters": without_clusters,
    "review": without_review,
    "judge": without_judge,
}


def lacking(strip: Callable[[Pool], Pool]) -> Selector:
    """The ladder on what is left of a pool."""

    def choose(pool: Pool, rng: Random) -> Choice:
        return ladder(strip(pool), rng)

    return choose


def ablation(
    pools: Sequence[LabelledPool], with_inputs: Sequence[LabelledPool], *, seed: int = 0
) -> dict[str, Any]:
    """Name of the rung that is left out → figures; and the ladder on pools with probes as well."""
    rows: dict[str, Any] = {
        f"without {name}": told_of(answers(pools, lacking(strip), seed=seed), seed=seed)
        for name, strip in RUNGS.items()
    }
    return {
        "whole": told_of(answers(pools, ladder, seed=seed), seed=seed),
        **rows,
        INPUTS: told_of(answers(with_inputs, ladder, seed=seed), seed=seed),
    }


def table(found: Mapping[str, Any]) -> Iterator[str]:
    """Markdown."""
    yield "| ladder | right | of what was found | gap closed (95 %) |"
    yield "|---|--:|--:|--:|"
    for name, row in found["ablation"].items():
        yield (
            f"| {name} | {percent(row['selected'])} | {percent(row['efficiency'])} | "
            f"{between(row['gap_closure'])} |"
        )
