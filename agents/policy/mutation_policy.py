"""A policy without a model: repair templates on suspicious lines, best first."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from agents.domain import Ceiling, Edit, Preparation
from agents.policy.protocol import Exhausted, Position, Proposal, Proposed
from agents.policy.templates.base import Template
from agents.policy.templates.catalogue import TEMPLATES
from agents.policy.templates.failure import exception_names
from agents.policy.templates.faster import FASTER
from agents.policy.templates.ranking import rank
from agents.policy.templates.targets import targets
from sandbox.protocol import StateId, States

KEPT_STATES = 32
"""States whose ideas stay in memory. A state that fell out is worked out again, to the same end."""


@dataclass(slots=True)
class _Ideas:
    """The proposals at one state as far as they were asked for."""

    preparation: Preparation
    source: Iterator[Edit]
    made: list[Edit] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, ordinal: int) -> Edit | None:
        """The idea of that number, from 0; None behind the last one."""
        with self.lock:
            while len(self.made) <= ordinal:
                edit = next(self.source, None)
                if edit is None:
                    return None
                self.made.append(edit)
            return self.made[ordinal]


class MutationPolicy:
    """Answers the `ordinal`-th best repair of a state; free of charge and deterministic.

    Never proposes a text that takes back a change made on the path to the state. For an issue with
    a workload it proposes what may be faster, and repairs only where something fails as well.
    """

    def __init__(self, templates: tuple[Template, ...] | None = None) -> None:
        """None: those that fit the issue."""
        self._templates = templates
        self._lock = threading.Lock()
        self._ideas: OrderedDict[tuple[str, StateId], _Ideas] = OrderedDict()

    @property
    def name(self) -> str:
        """As in `SearchSettings.policy`."""
        return "mutation"

    @property
    def ceiling(self) -> Ceiling:
        """It is free."""
        return Ceiling()

    def propose(self, position: Position, states: States) -> Proposal:
        """The next repair of `position.state`."""
        if position.stage != "edit":
            return Exhausted()
        edit = self._of(position, states).at(position.ordinal)
        return Exhausted() if edit is None else Proposed(edit=edit)

    def _of(self, position: Position, states: States) -> _Ideas:
        """Ideas at a state; a search id that comes with another preparation starts afresh."""
        key = (position.search, position.state)
        with self._lock:
            ideas = self._ideas.get(key)
            if ideas is None or ideas.preparation != position.preparation:
                ideas = _Ideas(position.preparation, self._edits(position, states))
                self._ideas[key] = ideas
            self._ideas.move_to_end(key)
            while len(self._ideas) > KEPT_STATES:
                self._ideas.popitem(last=False)
            return ideas

    def _edits(self, position: Position, states: States) -> Iterator[Edit]:
        found = {target.path: target for target in targets(position, states)}
        sources = {path: target.source.text for path, target in found.items()}
        lines = {path: target.lines for path, target in found.items()}
        failed = exception_names(position.preparation.reproduction.failures.values())
        templates = fitting(position.preparation) if self._templates is None else self._templates
        for mutant in rank(sources, lines, templates, failed):
            target = found[mutant.module.path]
            text = mutant.text
            if text not in target.undone:
                yield Edit(
                    changes={target.path: target.source.encode(text)},
                    summary=mutant.summary,
                    origin=f"mutation:{mutant.template}",
                )


def fitting(preparation: Preparation) -> tuple[Template, ...]:
    """Repairs for what fails, and time savers for what is slow."""
    if preparation.slowness is None:
        return TEMPLATES
    return (*FASTER, *TEMPLATES) if preparation.reproduction.targets else FASTER
