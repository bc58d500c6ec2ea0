"""Sampled plans as a tree: common beginnings are merged, so that they are followed once. Pure.

After Tree-Planner (Hu et al. 2023, section 4.2): plans that agree on their first steps share a path
from the root, and where they part the tree branches. A leaf's weight is the share of the samples
that end there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agents.domain import Plan


@dataclass(slots=True)
class Action:
    """One step with what follows it. The root has no text."""

    text: str = ""
    """As the first sample that said so wrote it."""
    count: int = 0
    """Samples that pass through here."""
    ends: int = 0
    """Those of them that end here."""
    following: dict[str, "Action"] = field(default_factory=dict)
    """Compared text (see `same`) → the next step, in the order of the samples."""


def action_tree(samples: Sequence[Sequence[str]]) -> Action:
    """The tree of all samples, each a list of steps; one without steps is left out."""
    root = Action()
    for sample in samples:
        place = root
        for step in sample:
            place.count += 1
            place = place.following.setdefault(same(step), Action(step))
        if place is not root:
            place.count += 1
            place.ends += 1
    return root


def leaves(root: Action) -> tuple[Plan, ...]:
    """The distinct plans, best first: by the share of samples that end there, then by how many
    samples share their steps from the first on, then in the order of the samples.

    Weights are above 0 and add up to 1.
    """
    found = sorted(_ends(root, (), ()), key=lambda end: (-end[0].ends, [-n for n in end[2]]))
    return tuple(Plan(steps=steps, weight=end.ends / root.count) for end, steps, _ in found)


def outline(root: Action, depth: int = 0) -> str:
    """The tree for people: a line for each step, indented by two blanks, with its count."""
    lines = [
        f"{'  ' * depth}- {action.text} ({action.count})\n{outline(action, depth + 1)}"
        for action in root.following.values()
    ]
    return "".join(lines)


def same(step: str) -> str:
    """What two steps are compared by: words, numbers and signs, without case and decoration."""
    return " ".join(re.findall(r"\w+|[^\w\s`'\"*.,;:]", step.lower()))


def _ends(
    place: Action, steps: tuple[str, ...], counts: tuple[int, ...]
) -> Iterator[tuple[Action, tuple[str, ...], tuple[int, ...]]]:
    """Where samples end, with the steps that lead there and how many samples took each."""
    if place.ends:
        yield place, steps, counts
    for action in place.following.values():
        yield from _ends(action, (*steps, action.text), (*counts, action.count))
