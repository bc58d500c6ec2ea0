"""Leaving a rung out leaves out its evidence and nothing else."""

import pytest

from agents.selection.labelled import LabelledPool
from agents.selection.pool import Pool
from benchmarks.selection.ablation import INPUTS, RUNGS, ablation, table
from benchmarks.selection.world import World


def pools(probes: int = 0) -> list[LabelledPool]:
    return [World(seed).pool(5, 4, 4, probes=probes) for seed in range(8)]


def evidence(pool: Pool) -> dict[str, object]:
    """What is known, by rung."""
    tests = {t.id: t.origin for t in pool.tests}
    return {
        "regression": [o.regression for o in pool.options],
        "review": [o.review for o in pool.options],
        "clusters": [o.source for o in pool.options],
        "written": [name for name, origin in tests.items() if origin == "written"],
        "cross_run": [name for name, origin in tests.items() if origin == "author"],
        "judge": pool.judgements,
    }


@pytest.mark.parametrize("rung", RUNGS)
def test_only_the_rung_that_is_left_out_is_missing(rung: str) -> None:
    pool = pools()[0].pool
    before, after = evidence(pool), evidence(RUNGS[rung](pool))
    assert {name for name in before if before[name] != after[name]} == {rung}


def test_every_row_is_of_the_same_issues() -> None:
    found = {"ablation": ablation(pools(), pools(2))}
    assert set(found["ablation"]) == {"whole", INPUTS, *(f"without {name}" for name in RUNGS)}
    assert len(list(table(found))) == 2 + len(found["ablation"])
