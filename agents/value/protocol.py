"""A value function estimates how close a state is to a fix."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from agents.domain import Preparation, TestStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What execution said about one state."""

    tests: Mapping[str, TestStatus]
    """Targets and guards."""
    regressions: tuple[str, ...]
    """Baseline tests that no longer pass; empty also when they were not run."""


class ValueFunction(Protocol):
    """Pure: equal evidence, equal value."""

    def __call__(self, preparation: Preparation, evidence: Evidence) -> float:
        """The estimate, in [0, 1]."""
        ...
