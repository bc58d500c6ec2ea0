"""Tasks of our own for measuring: faults planted in published libraries, shaped as SWE-bench's.

    python -m benchmarks.bugs make [--seed N] [--split dev|report] [--library NAME]
    python -m benchmarks.bugs check | list | overlap

`make` writes `benchmarks/tasks` again, byte for byte; `check` grades, on the real suites, the gold
patch and a patch that changes nothing; `overlap` says for how many tasks the mutation policy's
templates write the very repair. Needs the package index on the first run, and a sandbox.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from benchmarks.factory import suites
from benchmarks.factory.grading import Graded, grade
from benchmarks.factory.overlap import overlap, table
from benchmarks.factory.places import LIBRARIES, Places
from benchmarks.factory.planting import Quota, tasks_of
from benchmarks.factory.splits import SPLITS
from benchmarks.factory.tasks import FOLDER, Plant, Task, dump, load_tasks, suite_file
from sandbox.protocol import Sandbox
from service.bootstrap import build_sandbox
from service.config import Settings, environment

__all__ = ["Graded", "Places", "Plant", "Task", "grade", "load_tasks", "places"]

SEED = 1


def places(settings: Settings | None = None) -> Places:
    """The cache's own."""
    cache = (settings or Settings()).cache_dir / "planted"
    return Places(cache, environment(), LIBRARIES)


@contextmanager
def opened() -> Iterator[Sandbox]:
    sandbox = build_sandbox(Settings())
    try:
        yield sandbox
    finally:
        sandbox.close()


def make(splits: Sequence[str], only: str | None, seed: int, folder: Path) -> None:
    """Write the tasks of some splits, or of one library of them."""
    (folder / "suites").mkdir(parents=True, exist_ok=True)
    with opened() as sandbox:
        for split in splits:
            file = folder / f"{split}.jsonl"
            found = list(load_tasks(split, folder)) if only and file.exists() else []
            for library in SPLITS[split]:
                if only in {None, library.release.package}:
                    suite = suites.measure(sandbox, library, places().release(library.release))
                    listed = "".join(f"{test}\n" for test in sorted(suite.stable))
                    suite_file(suite.repo, folder).write_text(listed, encoding="utf-8")
                    made = tasks_of(suite, seed, Quota())
                    found = [task for task in found if task.repo != suite.repo] + made
                    print(f"{suite.repo}: {len(made)} tasks", flush=True)
                    ordered = sorted(found, key=lambda task: task.instance_id)
                    file.write_text(dump(ordered), encoding="utf-8")


def check(splits: Sequence[str]) -> bool:
    """Whether gold resolves each task, and its base without a change does not."""
    sound = True
    with opened() as sandbox:
        for split in splits:
            for task in load_tasks(split):
                gold = grade(task, task.patch, sandbox, places())
                nothing = grade(task, NOTHING, sandbox, places())
                failing = set(nothing.fail_to_pass.values()) <= {"failed", "error"}
                good = gold.resolved and failing and not nothing.broken
                sound = sound and good
                print(f"{task.instance_id}: {'sound' if good else f'UNSOUND {gold} {nothing}'}")
    return sound


NOTHING = """\
diff --git a/nothing.txt b/nothing.txt
new file mode 100644
index 0000000..e69de29
"""


def overlapping(splits: Sequence[str], file: Path | None) -> None:
    """Print the counts by operator; with a file, write every task's line there."""
    found = {split: [overlap(task, places()) for task in load_tasks(split)] for split in splits}
    for split, lines in found.items():
        print("\n".join([f"\n{split}\n", *table(lines)]))
    if file:
        report = {split: [asdict(line) for line in lines] for split, lines in found.items()}
        file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def listed(splits: Sequence[str]) -> None:
    for split in splits:
        for task in load_tasks(split):
            plant, hidden = task.plant, len(task.fail_to_pass)
            print(
                f"{split} {task.instance_id:24} {task.repo:20} {plant.operator:5} "
                f"{plant.path}:{plant.line} {plant.function}  hidden {hidden} in "
                f"{', '.join(task.hidden_files)}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=("make", "check", "list", "overlap"))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--split", choices=tuple(SPLITS))
    parser.add_argument("--library", help="make: this library's tasks only")
    parser.add_argument("--into", type=Path, default=FOLDER, help="make: where they go")
    parser.add_argument("--json", type=Path, help="overlap: one entry for each task")
    options = parser.parse_args()
    splits = [options.split] if options.split else list(SPLITS)
    if options.command == "make":
        make(splits, options.library, options.seed, options.into)
    elif options.command == "check":
        raise SystemExit(not check(splits))
    elif options.command == "overlap":
        overlapping(splits, options.json)
    else:
        listed(splits)


if __name__ == "__main__":
    main()
