"""A task as data: what the search gets, and what only the grader reads. One JSON object a line.

Its fields are SWE-bench's. The tests that have to go on passing are the same for all tasks of a
library, but for those that its fault makes fail: they lie once in ``suites/``.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """The fault, for reports alone."""

    operator: str
    path: str
    function: str
    line: int
    """In the release, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`problem_statement` and the base are all that a search gets. The rest is the grader's."""

    instance_id: str
    repo: str
    """Library and version, as ``schema==0.7.8``."""
    problem_statement: str
    patch: str
    """Gold: from the base to the release's source."""
    test_patch: str
    """Brings the hidden tests back."""
    fail_to_pass: tuple[str, ...]
    pass_to_pass: tuple[str, ...]
    plant: Plant

    @property
    def hidden_files(self) -> tuple[str, ...]:
        """Where the hidden tests lie in the release."""
        return tuple(sorted({test.partition("::")[0] for test in self.fail_to_pass}))


def load_tasks(split: str, folder: Path = FOLDER) -> tuple[Task, ...]:
    """The committed tasks of ``dev`` or ``report``. Raises: FileNotFoundError."""
    # not `splitlines`, which also ends a line where a string has one of Unicode's separators
    lines = (folder / f"{split}.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    suites: dict[str, tuple[str, ...]] = {}
    found = []
    for line in lines:
        row = json.loads(line)
        if row["repo"] not in suites:
            suites[row["repo"]] = tuple(
                suite_file(row["repo"], folder).read_text("utf-8").split("\n")[:-1]
            )
        found.append(_task(row, suites[row["repo"]]))
    return tuple(found)


def dump(tasks: Iterable[Task]) -> str:
    """The file of a split."""
    return "".join(json.dumps(_row(task), ensure_ascii=False) + "\n" for task in tasks)


def suite_file(repo: str, folder: Path = FOLDER) -> Path:
    """Where the stable tests of a library are listed, one id a line."""
    return folder / "suites" / f"{repo.replace('==', '-')}.txt"


def _task(row: dict[str, Any], stable: tuple[str, ...]) -> Task:
    failing: tuple[str, ...] = tuple(row["FAIL_TO_PASS"])
    return Task(
        instance_id=row["instance_id"],
        repo=row["repo"],
        problem_statement=row["problem_statement"],
        patch=row["patch"],
        test_patch=row["test_patch"],
        fail_to_pass=failing,
        pass_to_pass=tuple(test for test in stable if test not in set(failing)),
        plant=Plant(**row["plant"]),
    )


def _row(task: Task) -> dict[str, object]:
    plant = task.plant
    return {
        "instance_id": task.instance_id,
        "repo": task.repo,
        "problem_statement": task.problem_statement,
        "patch": task.patch,
        "test_patch": task.test_patch,
        "FAIL_TO_PASS": list(task.fail_to_pass),
        "plant": {
            "operator": plant.operator,
            "path": plant.path,
            "function": plant.function,
            "line": plant.line,
        },
    }
