"""A policy proposes the next edit at a node. It never sees a gold patch or a hidden test."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agents.domain import Ceiling, Edit, Issue, Note, Preparation, Stage, Step, Usage
from sandbox.protocol import StateId, States


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """All that a policy may know when it is asked for one edit."""

    search: str
    """Search id: the key under which model calls are journalled."""
    trial: int
    issue: Issue
    preparation: Preparation
    state: StateId
    ordinal: int
    """How many trials were opened at this node before this one. A deterministic policy answers its
    `ordinal`-th idea, so that parallel workers never need to talk to each other."""
    seed: str
    """Seed for this trial alone."""
    path: Sequence[Step] = field(default=())
    """Steps from the root to this node."""
    tried: Sequence[Step] = field(default=())
    """What was already tried at this node, oldest first."""
    stage: Stage = "edit"
    """What is asked for. A policy that knows no stages answers others with `Exhausted`."""
    arm: str | None = None
    """The model that is to answer; None: the policy draws one by weight."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes on the way to this node, oldest first: where to look, what to do there."""
        return tuple(step.note for step in self.path if step.note is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """An edit that fits the state."""

    edit: Edit
    usage: Usage = Usage()
    prior: float | None = None
    """How much the policy believes in it, in (0, 1], where it can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A note, for another stage than ``edit``. `prior` as in `Proposed`."""

    note: Note
    usage: Usage = Usage()
    prior: float | None = None
    origin: str = ""
    """Who says so, as in `Edit.origin`; empty: the policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """The policy answered, and the answer cannot be used. It is billed and counts as a visit."""

    reason: str
    """A slug: ``unparsable``, ``does_not_apply``, ``does_not_compile``, ``changes_nothing``, …"""
    feedback: str
    usage: Usage = Usage()
    summary: str = ""
    """As in `Edit.summary`, where there was an edit."""
    origin: str = ""
    """As in `Edit.origin`."""


@dataclass(frozen=True, slots=True)
class Exhausted:
    """This policy has nothing more to propose at this node, ever."""


Proposal = Proposed | Noted | Unusable | Exhausted


class Policy(Protocol):
    """Stateless between calls but for caches."""

    @property
    def name(self) -> str: ...

    @property
    def ceiling(self) -> Ceiling:
        """The most that one `propose` costs."""
        ...

    def propose(self, position: Position, states: States) -> Proposal:
        """One edit for `position.state`, or what else its stage asks for. Raises: ModelError."""
        ...
