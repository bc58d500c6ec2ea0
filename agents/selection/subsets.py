"""Pools as they would be with fewer candidates."""

from dataclasses import replace
from random import Random

from agents.selection.labelled import LabelledPool
from agents.selection.pool import Pool


def at_most(labelled: LabelledPool, k: int, random: Random) -> LabelledPool:
    """`k` of the candidates by lot, without replacement and in the pool's order; all where there are
    no more. What the others brought or appear in goes with them; costs are those of the whole."""
    keys = [option.key for option in labelled.pool.options]
    if k >= len(keys):
        return labelled
    kept = frozenset(random.sample(keys, k))
    return replace(labelled, pool=restricted(labelled.pool, kept), right=labelled.right & kept)


def restricted(pool: Pool, kept: frozenset[str]) -> Pool:
    """As if there had been only the candidates with these keys."""
    tests = tuple(test for test in pool.tests if test.author is None or test.author in kept)
    ids = {test.id for test in tests}
    return Pool(
        options=tuple(option for option in pool.options if option.key in kept),
        tests=tests,
        results={
            id_: {key: mark for key, mark in row.items() if key in kept}
            for id_, row in pool.results.items()
            if id_ in ids
        },
        probes=tuple(
            replace(probe, outputs={key: out for key, out in probe.outputs.items() if key in kept})
            for probe in pool.probes
        ),
        judgements=tuple(
            judgement for judgement in pool.judgements if kept.issuperset(judgement.shown)
        ),
    )
