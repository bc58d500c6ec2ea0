"""A pool with what is true of it, for measuring selectors. No selector is ever shown the labels."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.selection.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPool:
    """`right`: keys of the candidates that pass what graders run."""

    issue: str
    """Unique among the pools of one measurement."""
    pool: Pool
    right: frozenset[str]
    costs: Mapping[str, float] = field(default_factory=dict)
    """Stage → what its evidence cost, in seconds of a sandbox or, for ``tokens:STAGE``, tokens."""
