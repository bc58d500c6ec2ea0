"""Pools of real candidates: what `benchmarks.selection.sample` made, verified as a search verifies.

    python -m benchmarks.selection.real [--split report]

One line for each issue, all sources together; beside it, in a file whose name ends in ``-llm``, what
the model alone proposed, of every issue for which it was asked. An issue whose candidates have not
changed since is not climbed again.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from agents.selection.labelled import LabelledPool
from agents.tools import Tools
from benchmarks.bugs import Places, Task, load_tasks, places
from benchmarks.search_quality import plan
from benchmarks.selection import candidates
from benchmarks.selection.candidates import Sampling
from benchmarks.selection.gathered import Evidence, labelled, only
from benchmarks.selection.ground import ground, key
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
            samplings = of_task(task, made)
            if samplings and not covers(known.get(task.instance_id), samplings):
                known[task.instance_id] = build(task, samplings, tools, where)
                store(options.out, list(known.values()))
                print(f"{task.instance_id}: {len(known[task.instance_id].right)} right", flush=True)
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


def store(path: Path, pools: Sequence[LabelledPool]) -> None:
    """Both files."""
    write(path, pools)
    alone = [only(pool, "llm") for pool in pools]
    write(path.with_stem(f"{path.stem}-llm"), [pool for pool in alone if pool.pool.options])


def of_task(task: Task, made: Mapping[candidates.Key, Sampling]) -> tuple[Sampling, ...]:
    """The samplings of one task that brought anything, whichever sources there are."""
    return tuple(
        found
        for (name, _), found in sorted(made.items())
        if name == task.instance_id and found.patches
    )


def covers(pool: LabelledPool | None, samplings: Sequence[Sampling]) -> bool:
    """Whether the pool was made of these very candidates."""
    wanted = {key(sampling, trial) for sampling in samplings for trial in sampling.patches}
    return pool is not None and {option.key for option in pool.pool.options} == wanted


if __name__ == "__main__":
    main()
