"""What an attack gets: a provider, the host around it, and a neighbour."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sandbox.conformance.subject import Subject
from sandbox.protocol import RunResult, StateId

MARK = "HOSTILE_MARK"
"""A variable in the environment of every command, by which the host knows it again."""


class NotHere(Exception):
    """This machine does not let the case be tried; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Subject):
    """A subject under attack. Its sandbox should have one slot: the next run is then on the same."""

    beside: Path
    """A folder of the host next to the provider's cache: canaries are laid there."""
    neighbour: Subject
    """The same environment and base where a second run can be under way at the same time."""
    mark: str = field(default_factory=lambda: secrets.token_hex(16))
    fresh: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What a run saw before the first attack; kept by `Aftermath`."""

    def run(self, *argv: str, state: StateId | None = None, **limits: object) -> RunResult:
        """`Subject.run` with the mark in the command's environment."""
        given = cast("Mapping[str, str]", limits.pop("env", {}))
        marked = {**given, MARK: self.mark}
        return Subject.run(self, *argv, state=state, env=marked, **limits)

    def holds(self, limit: str) -> bool:
        """Whether the provider says that it enforces a limit."""
        return limit in self.sandbox.capabilities().limits
