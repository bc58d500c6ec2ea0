"""What came of the nodes of finished searches, beside what was thought of them. Pure.

Two events are foretold:

    candidate   a node below holds a finished candidate. Only nodes that are none themselves count,
                since the value of a candidate is 1 by definition; and of those only the expanded
                ones, since nobody knows what would have come of the others.
    accepted    the verifier accepts the node's own state, or one below. Candidates count here too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from agents.calibration import Pair
from agents.value.llm_judge import UNUSABLE

Event = Literal["candidate", "accepted"]
EVENTS: tuple[Event, ...] = get_args(Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedNode:
    """A node with what the value functions said when it was made."""

    id: int
    parent: int | None
    state: str
    solved: bool
    expanded: bool
    """At least one trial here was told with an edit, a note or a failure."""
    estimates: Mapping[str, float]
    """Value function → number in [0, 1]; nothing for a root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSearch:
    """A search with a verdict."""

    nodes: Sequence[JudgedNode]
    """Parents before their children."""
    accepted: frozenset[str]
    """States of the candidates that the verifier accepted."""


def pairs(searches: Iterable[JudgedSearch]) -> dict[tuple[str, Event], list[Pair]]:
    """(value function, event) → what it said and what came of it."""
    found: dict[tuple[str, Event], list[Pair]] = defaultdict(list)
    for search in searches:
        for event in EVENTS:
            for node, came_true in _hindsight(search, event):
                for name, value in node.estimates.items():
                    if name != UNUSABLE:
                        found[name, event].append(Pair(value, came_true))
    return dict(found)


def _hindsight(search: JudgedSearch, event: Event) -> Iterator[tuple[JudgedNode, bool]]:
    """The nodes that count, and whether the event came."""
    below: set[int] = set()
    for node in reversed(search.nodes):
        reached = node.solved if event == "candidate" else node.state in search.accepted
        if node.parent is not None and (reached or node.id in below):
            below.add(node.parent)
    for node in search.nodes:
        if event == "candidate" and node.expanded and not node.solved:
            yield node, node.id in below
        elif event == "accepted" and (node.expanded or node.solved):
            yield node, node.id in below or node.state in search.accepted
