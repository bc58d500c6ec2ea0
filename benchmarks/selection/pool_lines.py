"""Labelled pools as JSON lines, one for each issue."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agents.selection.labelled import LabelledPool
from agents.selection.pool import Judgement, Option, Pool, Probe, Test


def load(path: Path) -> tuple[LabelledPool, ...]:
    """None where there is no such file."""
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return tuple(_labelled(json.loads(line)) for line in lines)


def write(path: Path, pools: Sequence[LabelledPool]) -> None:
    """The whole file, in the order of its issues."""
    rows = [_row(pool) for pool in sorted(pools, key=lambda pool: pool.issue)]
    beside = path.with_suffix(".new")
    beside.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    beside.replace(path)


def _row(pool: LabelledPool) -> dict[str, Any]:
    return asdict(pool) | {"right": sorted(pool.right)}


def _labelled(row: dict[str, Any]) -> LabelledPool:
    pool = row["pool"]
    return LabelledPool(
        issue=row["issue"],
        pool=Pool(
            options=tuple(Option(**option) for option in pool["options"]),
            tests=tuple(Test(**test) for test in pool["tests"]),
            results=pool["results"],
            probes=tuple(
                Probe(**probe | {"believed": tuple(probe["believed"])}) for probe in pool["probes"]
            ),
            judgements=tuple(
                Judgement(**said | {"shown": tuple(said["shown"])}) for said in pool["judgements"]
            ),
        ),
        right=frozenset(row["right"]),
        costs=row["costs"],
    )
