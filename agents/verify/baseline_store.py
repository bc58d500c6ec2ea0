"""Baselines that were measured before: a property of (tree, environment), shared by searches.

Several searches of one repository, as in a batch, would otherwise run its whole suite twice each.
"""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Protocol

from agents.domain import Usage
from agents.verify.baseline import MeasuredBaseline, measure_baseline
from agents.verify.bench import PLUGIN, Bench
from sandbox.protocol import StateId


class BaselineStore(Protocol):
    """Where baselines are kept. Losing one costs time only."""

    def get(self, key: str) -> MeasuredBaseline | None:
        """The baseline of that key, or None."""
        ...

    def put(self, key: str, measured: MeasuredBaseline) -> None:
        """Keep it."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryBaselines:
    """The fake: a dictionary."""

    kept: dict[str, MeasuredBaseline] = field(default_factory=dict)

    def get(self, key: str) -> MeasuredBaseline | None:
        return self.kept.get(key)

    def put(self, key: str, measured: MeasuredBaseline) -> None:
        self.kept[key] = measured


def known_baseline(
    store: BaselineStore, bench: Bench, state: StateId, *, wall_s: float
) -> MeasuredBaseline:
    """From the store, at no cost; else measured now and kept. Raises: TestsNotCollected."""
    key = baseline_key(bench, state)
    found = store.get(key)
    if found is not None:
        return replace(found, usage=Usage())
    measured = measure_baseline(bench, state, wall_s=wall_s)
    if measured.baseline.skipped_reason is None:  # what was cut short is not the tree's property
        store.put(key, measured)
    return measured


def baseline_key(bench: Bench, state: StateId) -> str:
    """Everything that a baseline depends on: also how it is measured."""
    provider = bench.sandbox.capabilities().provider
    plugin = hashlib.sha256(PLUGIN).hexdigest()
    parts = (state, provider, bench.environment, *bench.python_path, plugin)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
