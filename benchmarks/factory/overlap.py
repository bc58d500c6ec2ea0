"""For which tasks the mutation policy's templates write the very repair, and at which place.

How far the planted faults are the reverse of what the policy can do. A repair counts where its
syntax tree equals the release's; another edit may do as well, so the places are upper bounds. A
search has to find the function first: its places are worse.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from agents.policy.templates.catalogue import TEMPLATES
from agents.policy.templates.ranking import rank
from benchmarks.factory.code import Code
from benchmarks.factory.places import Places
from benchmarks.factory.tasks import Task

MOST = 2_000
"""How many proposals are looked at."""
NOISE = re.compile(r"[\s()'\",]")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Of one task; `place` is from 1, None where the templates do not write the repair."""

    task: str
    operator: str
    place: int | None


def overlap(task: Task, places: Places) -> Overlap:
    """Follow the templates where the faulty function is known and all its lines are suspicious.

    Raises: as `Places.base` does.
    """
    path = task.plant.path
    release = places.release(places.libraries[task.repo].release)
    faulty = (places.base(task).path / path).read_bytes().decode()
    fixed = (release.path / path).read_bytes().decode()
    span = _function(faulty, task)
    ideas = rank({path: faulty}, {path: dict.fromkeys(span, 1.0)}, TEMPLATES)
    place = Wanted(fixed, faulty, span).place(mutant.text for mutant in islice(ideas, MOST))
    return Overlap(task.instance_id, task.plant.operator, place)


class Wanted:
    """A file's text, to be met by others that mean the same.

    It is known to equal `faulty` outside of some lines: only these are looked at before parsing.
    """

    def __init__(self, text: str, faulty: str, span: range) -> None:
        lines = faulty.splitlines(keepends=True)
        self._before = sum(map(len, lines[: span.start - 1]))
        self._after = sum(map(len, lines[span.stop - 1 :]))
        self._letters = self._inside(text)
        self._tree = ast.dump(ast.parse(text))

    def place(self, texts: Iterable[str]) -> int | None:
        """The number, from 1, of the first text with the same syntax tree."""
        fitting = (
            number
            for number, text in enumerate(texts, 1)
            if self._inside(text) == self._letters and ast.dump(ast.parse(text)) == self._tree
        )
        return next(fitting, None)

    def _inside(self, text: str) -> str:
        """Equal trees have equal letters, whatever the layout."""
        counts = Counter(NOISE.sub("", text[self._before : len(text) - self._after]))
        return "".join(f"{letter}{counts[letter]}" for letter in sorted(counts))


def table(found: Iterable[Overlap]) -> list[str]:
    """Counts by operator: tasks, repairs written at all, and among the first 100 and 300."""
    rows: dict[str, Counter[str]] = {}
    for one in found:
        for key in (one.operator, "all"):
            counts = rows.setdefault(key, Counter())
            counts["n"] += 1
            for most in (MOST, 300, 100):
                counts[str(most)] += one.place is not None and one.place <= most
    columns = ("n", str(MOST), "300", "100")
    head = "| operator | tasks | repair written | in the first 300 | in the first 100 |"
    body = [
        f"| {key} | " + " | ".join(str(rows[key][column]) for column in columns) + " |"
        for key in sorted(rows, key=lambda name: (name == "all", name))
    ]
    return [head, "|---|" + "--:|" * len(columns), *body]


def _function(text: str, task: Task) -> range:
    """Lines of the function that the fault is in."""
    code = Code(text.encode())
    spans = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in code.functions()
        if code.qualified(node) == task.plant.function
    ]
    at = task.plant.line
    return min(spans, key=lambda span: min(abs(at - line) for line in span))
