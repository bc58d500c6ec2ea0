"""What is known of the candidates of one search: all that a selector may go by. Frozen data.

Nothing here says which candidate is right: labels live beside a pool, in `labelled`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Mark = Literal["passed", "failed", "unknown"]
"""``unknown``: no report came, or the run was cut short. It is neither a pass nor a failure."""

Origin = Literal["issue", "written", "author"]
"""Where a test is from: taken from the issue's own text; written by a model that saw the issue and
no candidate; or brought along by the author of a candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One candidate."""

    key: str
    """Unique in its pool."""
    source: str
    """Equal for candidates whose normalised source is equal."""
    changed_lines: int
    refused: str = ""
    """The rung of the ladder that refused it, such as ``applies``; empty: none did."""
    regression: Mark = "unknown"
    """Whether every test of the repository that passed on the base still passes."""
    review: float | None = None
    """A reviewer's belief in [0, 1] that it does what the issue demands."""
    speed: float | None = None
    """Measured speed-up against the base, where the issue asks for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One test of the tests x candidates matrix."""

    __test__ = False

    id: str
    """Unique in its pool."""
    origin: Origin
    author: str | None = None
    """Key of the candidate that brought it: it says nothing about that candidate's cluster."""
    on_base: Mark = "failed"
    """Only a test that fails on the base votes."""
    stable: bool = True
    """False: it was seen to pass and to fail on one state. It never votes."""
    toxic: str = ""
    """Why it is held to be wrong, by evidence that does not depend on how candidates do in it; then
    it never votes."""

    @property
    def votes(self) -> bool:
        """Whether it says anything about a candidate."""
        return self.on_base == "failed" and self.stable and not self.toxic


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """An input on which candidates may differ, run on some of them."""

    id: str
    outputs: Mapping[str, str]
    """Candidate → what it gave, as text. Candidates that were not run are left out."""
    believed: tuple[str, ...] = ()
    """Outputs that were said to be right, one for each time that a model was asked; ``""`` stands
    for none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One comparison of two candidates, in the order in which a judge saw them."""

    shown: tuple[str, str]
    """Keys, first and second."""
    preferred: str | None
    """Key of the better one; None: neither."""
    judge: str = "pairwise"
    """Which judge: pairwise, selection or debate."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Candidates and all evidence about them."""

    options: tuple[Option, ...] = ()
    tests: tuple[Test, ...] = ()
    results: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)
    """Test → candidate → mark. What is left out is unknown."""
    probes: tuple[Probe, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    def mark(self, test: str, option: str) -> Mark:
        """What one candidate did in one test."""
        return self.results.get(test, {}).get(option, "unknown")

    @property
    def standing(self) -> tuple[Option, ...]:
        """Candidates that no rung refused, in the pool's order."""
        return tuple(option for option in self.options if not option.refused)
