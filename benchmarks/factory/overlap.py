"""For which tasks the mutation policy's templates write the very repair, and at which place.

This is what the tasks owe to the policy that is measured with them. A repair counts where its
syntax tree equals the release's; another edit may do as well, so the places are upper bounds.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from agents.domain import Issue, Preparation
from agents.policy.mutation_policy import MutationPolicy
from agents.policy.protocol import Position, Proposed
from agents.policy.templates.catalogue import TEMPLATES
from agents.policy.templates.ranking import rank
from agents.prepare import prepare
from agents.verify.baseline_store import MemoryBaselines
from benchmarks.factory.code import Code
from benchmarks.factory.places import Places
from benchmarks.factory.tasks import Task
from sandbox.protocol import Sandbox, StateId, States

PROPOSALS = 3000
"""How far the policy is followed in its own order."""
EVERYTHING = 20_000
"""How far the templates are followed where only the faulty function is suspicious."""
NOISE = re.compile(r"[\s()'\",]")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Of one task; `place` is from 1, None behind the last proposal that was looked at."""

    task: str
    operator: str
    written: bool
    """Whether the templates write the repair at all, the faulty function being known."""
    place: int | None
    """Where it comes in the policy's own order, with the localisation that a search has."""


def overlap(task: Task, sandbox: Sandbox, places: Places) -> Overlap:
    """Raises: as `Places.issue` and `prepare` do."""
    issue = places.issue(task)
    path = task.plant.path
    states = sandbox.states
    release = places.release(places.libraries[task.repo].release)
    gold, _ = states.import_commit(release.path, release.commit)
    wanted = Wanted((states.read(gold, path) or b"").decode())
    preparation = prepare(sandbox, places.base(task).path, issue, MemoryBaselines())
    faulty = (states.read(StateId(preparation.base), path) or b"").decode()
    lines = dict.fromkeys(_function(faulty, task), 1.0)
    ideas = rank({path: faulty}, {path: lines}, TEMPLATES)
    known = wanted.place(mutant.text for mutant in islice(ideas, EVERYTHING))
    offered = islice(proposals(issue, preparation, states, path), PROPOSALS)
    return Overlap(task.instance_id, task.plant.operator, known is not None, wanted.place(offered))


class Wanted:
    """A file's text, to be met by others that mean the same."""

    def __init__(self, text: str) -> None:
        self._letters = _letters(text)
        self._tree = ast.dump(ast.parse(text))

    def place(self, texts: Iterable[str]) -> int | None:
        """The number, from 1, of the first text with the same syntax tree."""
        fitting = (
            number
            for number, text in enumerate(texts, 1)
            if _letters(text) == self._letters and ast.dump(ast.parse(text)) == self._tree
        )
        return next(fitting, None)


def proposals(issue: Issue, preparation: Preparation, states: States, path: str) -> Iterator[str]:
    """What the policy makes of one file, in its order; nothing for its edits of others."""
    policy = MutationPolicy()
    ordinal = 0
    while True:
        position = Position(
            search="overlap",
            trial=ordinal,
            issue=issue,
            preparation=preparation,
            state=StateId(preparation.base),
            ordinal=ordinal,
            seed="overlap",
        )
        told = policy.propose(position, states)
        if not isinstance(told, Proposed):
            return
        changed = told.edit.changes.get(path)
        yield changed.decode() if changed else ""
        ordinal += 1


def table(found: Iterable[Overlap]) -> list[str]:
    """Counts by operator: tasks, written at all, among the first 100, 300 and `PROPOSALS`."""
    rows: dict[str, Counter[str]] = {}
    for one in found:
        for key in (one.operator, "all"):
            counts = rows.setdefault(key, Counter())
            counts["n"] += 1
            counts["written"] += one.written
            for most in (100, 300, PROPOSALS):
                counts[str(most)] += one.place is not None and one.place <= most
    columns = ("n", "written", "100", "300", str(PROPOSALS))
    head = f"| operator | tasks | written at all | in the first 100 | 300 | {PROPOSALS} |"
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


def _letters(text: str) -> str:
    """Equal trees have equal letters, whatever the layout: a cheap first look."""
    counts = Counter(NOISE.sub("", text))
    return "".join(f"{letter}{counts[letter]}" for letter in sorted(counts))
