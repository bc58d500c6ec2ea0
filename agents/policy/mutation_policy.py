"""A policy without a model: repair templates on suspicious lines, best first.

Below a note that names places it repairs those first. Asked where the fault lies, it names its
most suspicious functions one by one; it makes no plans.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.domain import Ceiling, Edit, Note, Place, Preparation
from agents.policy.places import candidate_places, chosen_places, described, now_at
from agents.policy.protocol import Exhausted, Noted, Position, Proposal, Proposed
from agents.policy.templates.base import Template
from agents.policy.templates.catalogue import TEMPLATES
from agents.policy.templates.failure import exception_names
from agents.policy.templates.faster import FASTER
from agents.policy.templates.ranking import Mutant, rank
from agents.policy.templates.targets import Target, targets
from sandbox.protocol import StateId, States

KEPT_STATES = 32
"""States whose ideas stay in memory. A state that fell out is worked out again, to the same end."""


@dataclass(slots=True)
class _Ideas:
    """The proposals at one state as far as they were asked for."""

    preparation: Preparation
    source: Iterator[Proposed]
    made: list[Proposed] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, ordinal: int) -> Proposed | None:
        """The idea of that number, from 0; None behind the last one."""
        with self.lock:
            while len(self.made) <= ordinal:
                proposal = next(self.source, None)
                if proposal is None:
                    return None
                self.made.append(proposal)
            return self.made[ordinal]


_Key = tuple[str, StateId, tuple[Place, ...]]
"""Search, state, and the places to begin with."""


class MutationPolicy:
    """Answers the `ordinal`-th best repair of a state; free of charge and deterministic.

    Never proposes a text that takes back a change made on the path to the state. For an issue with
    a workload it proposes what may be faster, and repairs only where something fails as well.
    """

    def __init__(self, templates: tuple[Template, ...] | None = None) -> None:
        """None: those that fit the issue."""
        self._templates = templates
        self._lock = threading.Lock()
        self._ideas: OrderedDict[_Key, _Ideas] = OrderedDict()

    @property
    def name(self) -> str:
        """As in `SearchSettings.policy`."""
        return "mutation"

    @property
    def ceiling(self) -> Ceiling:
        """It is free."""
        return Ceiling()

    def propose(self, position: Position, states: States) -> Proposal:
        """The next repair of `position.state`, or the next suspicious function."""
        if position.stage == "localise":
            return _noted(position, states)
        if position.stage != "edit":
            return Exhausted()
        return self._of(position, states).at(position.ordinal) or Exhausted()

    def _of(self, position: Position, states: States) -> _Ideas:
        """Ideas at a state; a search id that comes with another preparation starts afresh."""
        key = (position.search, position.state, chosen_places(position))
        with self._lock:
            ideas = self._ideas.get(key)
            if ideas is None or ideas.preparation != position.preparation:
                ideas = _Ideas(position.preparation, self._proposals(position, states))
                self._ideas[key] = ideas
            self._ideas.move_to_end(key)
            while len(self._ideas) > KEPT_STATES:
                self._ideas.popitem(last=False)
            return ideas

    def _proposals(self, position: Position, states: States) -> Iterator[Proposed]:
        found = {target.path: target for target in targets(position, states)}
        for mutant in self._mutants(position, found):
            target = found[mutant.module.path]
            text = mutant.text
            if text not in target.undone:
                edit = Edit(
                    changes={target.path: target.source.encode(text)},
                    summary=mutant.summary,
                    origin=f"mutation:{mutant.template}",
                )
                yield Proposed(edit=edit, prior=min(1.0, mutant.score) or None)

    def _mutants(self, position: Position, found: Mapping[str, Target]) -> Iterator[Mutant]:
        """Best first: those in the places of the notes, then the others."""
        sources = {path: target.source.text for path, target in found.items()}
        lines = {path: target.lines for path, target in found.items()}
        failed = exception_names(position.preparation.reproduction.failures.values())
        inside = _inside(lines, chosen_places(position), sources)
        templates = fitting(position.preparation) if self._templates is None else self._templates
        first = set[_Change]()
        for mutant in rank(sources, inside, templates, failed) if inside else ():
            first.add(_change(mutant))
            yield mutant
        for mutant in rank(sources, lines, templates, failed):
            if _change(mutant) not in first:
                yield mutant


def fitting(preparation: Preparation) -> tuple[Template, ...]:
    """Repairs for what fails, and time savers for what is slow."""
    if preparation.slowness is None:
        return TEMPLATES
    return (*FASTER, *TEMPLATES) if preparation.reproduction.targets else FASTER


_Change = tuple[str, int, int, str]


def _change(mutant: Mutant) -> _Change:
    return mutant.module.path, mutant.change.start, mutant.change.end, mutant.change.text


def _inside(
    lines: Mapping[str, Mapping[int, float]], places: Sequence[Place], sources: Mapping[str, str]
) -> dict[str, dict[int, float]]:
    """The weights of those lines that lie in one of the places; empty where none does."""
    inside: dict[str, dict[int, float]] = {}
    for place in places:
        now = now_at(place, sources.get(place.path, ""))
        kept = {n: w for n, w in lines.get(place.path, {}).items() if now.start <= n <= now.end}
        if kept:
            inside[place.path] = inside.get(place.path, {}) | kept
    return inside


def _noted(position: Position, states: States) -> Noted | Exhausted:
    """The `ordinal`-th most suspicious function that anything points at."""
    places = [place for place in candidate_places(position, states) if place.weight > 0]
    if position.ordinal >= len(places):
        return Exhausted()
    place = places[position.ordinal]
    note = Note(text=f"look at {described(place)}", places=(place,))
    return Noted(note=note, prior=place.weight, origin="mutation")
