"""A surrogate guesses what tests would say of a patch, before anything runs.

SURGE (Lyu et al. 2025) asks how well language models predict what running code would tell; their
answer, often but not reliably, is why a guess orders here and never decides: every test that would
run without it runs with it, or a test that stands for them has failed.
`agents.rollout.Rollout.surrogate` says what that leaves equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agents.domain import Ceiling, Issue, Outcome, Preparation, Usage

FREE = Ceiling()
ISSUE = "issue"
"""Stands, among the guesses, for all tests of the issue together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a surrogate may know of a patch that was not run yet."""

    search: str
    trial: int
    """With `search` the key under which calls are journalled."""
    issue: Issue
    preparation: Preparation
    patch: bytes
    """The new state against the base."""
    earlier: Sequence[Outcome] = ()
    """Of trials that were told before this one was opened, by number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Test → whether it would pass; those to run first come first."""

    passes: Mapping[str, bool] = field(default_factory=dict)
    usage: Usage = Usage()

    @property
    def suspects(self) -> tuple[str, ...]:
        """Tests of the repository that are thought to break, the likeliest first."""
        return tuple(t for t, passes in self.passes.items() if not passes and t != ISSUE)


class Surrogate(Protocol):
    """Safe to call from several threads at once."""

    @property
    def name(self) -> str: ...

    @property
    def ceiling(self) -> Ceiling:
        """The most that one `guess` costs."""
        ...

    def guess(self, question: Question) -> Guess:
        """Raises: ModelError."""
        ...


@dataclass(frozen=True, slots=True)
class NoSurrogate:
    """Guesses nothing: the repository's tests run in their own order."""

    name: str = "none"
    ceiling: Ceiling = FREE

    def guess(self, question: Question) -> Guess:  # noqa: ARG002
        return Guess()
