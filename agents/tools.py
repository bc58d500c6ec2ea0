"""What a search is carried out with, and what was built of it for the searches under way."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from agents.domain import Issue
from agents.localise.ranker import Ranker
from agents.policy.protocol import Policy
from agents.schedule import Planner
from agents.selection.calibration.calibration_map import PRIOR, CalibrationMap
from agents.store import SearchRecord
from agents.surrogate.history import History
from agents.surrogate.protocol import Surrogate
from agents.value.progress import Progress
from agents.value.protocol import ValueFunction
from agents.verify.baseline_store import BaselineStore, MemoryBaselines
from agents.verify.bench import Bench
from agents.verify.panel import Panel
from sandbox.protocol import Sandbox, StateId

KEPT_SEARCHES = 16
"""Searches for which something is kept: a worker may never hear of an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the engine works with; built by the composition root."""

    sandbox: Sandbox
    """May remember equal runs."""
    fresh_sandbox: Sandbox
    """Remembers nothing: the final verification runs here."""
    repository: Callable[[Issue], Path]
    """A local git repository that holds the issue's commit. Raises: RepositoryUnreadable."""
    policy: Callable[[SearchRecord], Policy]
    """Raises: ModelError where the model can be seen not to work."""
    value: Callable[[SearchRecord], ValueFunction] = lambda _: Progress()
    """Raises: as `policy` does."""
    surrogate: Callable[[SearchRecord], Surrogate] = lambda _: History()
    """Raises: as `policy` does."""
    ranker: Callable[[SearchRecord], Ranker | None] = lambda _: None
    """Raises: as `policy` does."""
    panel: Callable[[SearchRecord], Panel] = lambda _: Panel()
    """Who helps to verify: the search leaves in the purse what they may cost. Raises: as `policy`
    does."""
    confidence: Callable[[], CalibrationMap] = lambda: PRIOR
    """What a verdict's belief is worth; read once for each verdict."""
    baselines: BaselineStore = field(default_factory=MemoryBaselines)
    clock: Callable[[], float] = time.time


@dataclass
class Kept:
    """What was built for one search. Its issue and its settings never change."""

    tools: Tools
    record: SearchRecord
    """As it was when it was first heard of."""
    planner: Planner | None = None
    """Of the last call: whoever uses it puts it back once what it opened is stored."""
    bench: Bench | None = None
    here: set[StateId] = field(default_factory=set)
    """States that this machine has, by their making or by their patch."""

    @cached_property
    def policy(self) -> Policy:
        return self.tools.policy(self.record)

    @cached_property
    def value(self) -> ValueFunction:
        return self.tools.value(self.record)

    @cached_property
    def surrogate(self) -> Surrogate:
        return self.tools.surrogate(self.record)

    @cached_property
    def panel(self) -> Panel:
        return self.tools.panel(self.record)


@dataclass(slots=True)
class Workshop:
    """The searches under way here; the one not heard of for longest is forgotten."""

    tools: Tools
    _kept: dict[str, Kept] = field(default_factory=dict)

    def of(self, record: SearchRecord) -> Kept:
        """What is kept of a search, from now on at least."""
        kept = self._kept.pop(record.id, None) or Kept(self.tools, record)
        kept = self._kept.setdefault(record.id, kept)
        while len(self._kept) > KEPT_SEARCHES:
            self.forget(next(iter(self._kept)))
        return kept

    def forget(self, search: str) -> None:
        """Its end was heard of."""
        self._kept.pop(search, None)
