"""A value function estimates how close a state is to a fix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agents.domain import Ceiling, Issue, Note, Preparation, Step, TestStatus, Usage
from agents.workload import SpeedUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What execution said about one state."""

    tests: Mapping[str, TestStatus] = field(default_factory=dict)
    """Targets and guards."""
    regressions: tuple[str, ...] = ()
    """Baseline tests that no longer pass; empty also when they were not run."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """Target or guard → what it fails with, as text."""
    speed: SpeedUp | None = None
    """Of the issue's workload; None also where the tests did not let it come to that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a value function may know: one step, and what came of it."""

    search: str
    trial: int
    """With `search` the key under which a judge's calls are journalled."""
    issue: Issue
    preparation: Preparation
    summary: str
    patch: bytes = b""
    """The new state against the base."""
    step: bytes = b""
    """The new state against the one that it was made of."""
    path: Sequence[Step] = ()
    """The steps before this one, from the root."""
    evidence: Evidence = Evidence()
    note: Note | None = None
    """For a step that is no edit; there is no evidence then."""
    prior: float | None = None
    """What the policy itself believes, in (0, 1]."""
    seed: str = ""
    """Seed for this trial alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """`value` in [0, 1], and what it was put together from."""

    value: float
    parts: Mapping[str, float] = field(default_factory=dict)
    """Value function → what it said."""
    critique: str = ""
    """A paragraph for later attempts at the same place."""
    usage: Usage = Usage()


class ValueFunction(Protocol):
    """Safe to call from several threads at once."""

    @property
    def name(self) -> str: ...

    @property
    def ceiling(self) -> Ceiling:
        """The most that one `estimate` costs."""
        ...

    def estimate(self, scene: Scene) -> Estimate:
        """Raises: ModelError."""
        ...
