"""Pools of real candidates: what `benchmarks.selection.sample` made, verified as a search verifies.

    python -m benchmarks.selection.real [--split report]

One line for each issue, all sources together; beside it, in a file whose name ends in ``-llm``, what
the model alone proposed, of every issue for which it was asked. An issue whose candidates and labels
have not changed since is not climbed again: ``-origins.json`` says what each was made of.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from agents.selection.labelled import LabelledPool
from agents.tools import Tools
from benchmarks.bugs import Places, Task, load_tasks, places
from benchmarks.search_quality import plan
from benchmarks.selection import candidates, origins
from benchmarks.selection.candidates import Sampling
from benchmarks.selection.gathered import Evidence, labelled, only
from benchmarks.selection.ground import ground
from benchmarks.selection.mixture import pools_table
from benchmarks.selection.pool_lines import load, write
from service.commands.local import open_local
from service.config import Settings

RESULTS = Path(__file__).parents[1] / "results"
CANDIDATES = RESULTS / "selection_candidates.jsonl"
POOLS = RESULTS / "selection_real.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--split", choices=("dev", "report"), default="report")
    parser.add_argument("--candidates", type=Path, default=CANDIDATES)
    parser.add_argument("--out", type=Path, default=POOLS)
    options = parser.parse_args()
    settings = Settings()
    with open_local(settings) as local:
        tools, where = local.engine.tools, places(settings)
        known = {pool.issue: pool for pool in load(options.out)}
        made = candidates.load(options.candidates)
        for task in plan.mixed(load_tasks(options.split)):
            name, samplings = task.instance_id, of_task(task, made)
            if samplings and not (name in known and covers(options.out, name, samplings)):
                known[name] = build(task, samplings, tools, where)
                store(options.out, list(known.values()), {name: origins.origin(samplings)})
                print(f"{name}: {len(known[name].right)} right", flush=True)
    print("\n".join(pools_table(list(known.values()))))


def build(
    task: Task,
    samplings: tuple[Sampling, ...],
    tools: Tools,
    where: Places,
    evidence: Sequence[Evidence] = (),
) -> LabelledPool:
    """The pool of one task. Raises: as `ground` does."""
    on = ground(where.issue(task), where.base(task).path, tools, samplings)
    return labelled(samplings, on, evidence)


def store(path: Path, pools: Sequence[LabelledPool], made_of: Mapping[str, str]) -> None:
    """Both files, and what pools were made of where that is new: issue → `origins.origin`."""
    write(path, pools)
    alone = [only(pool, "llm") for pool in pools]
    write(path.with_stem(f"{path.stem}-llm"), [pool for pool in alone if pool.pool.options])
    beside = origins.beside(path)
    origins.write(beside, origins.load(beside) | dict(made_of))


def of_task(task: Task, made: Mapping[candidates.Key, Sampling]) -> tuple[Sampling, ...]:
    """The samplings of one task that brought anything, whichever sources there are."""
    return tuple(
        found
        for (name, _), found in sorted(made.items())
        if name == task.instance_id and found.patches
    )


def covers(path: Path, issue: str, samplings: Sequence[Sampling]) -> bool:
    """Whether the pool of an issue was made of these very candidates: their patches and labels, for
    every sampling numbers its trials alike."""
    return origins.load(origins.beside(path)).get(issue) == origins.origin(samplings)


if __name__ == "__main__":
    main()
