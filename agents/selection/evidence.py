"""Why one candidate was chosen and not another: what a verdict stores and shows. Frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from agents.selection.pool import Pool

VERSION = 1
"""Of the form of `Evidence`. It grows with every change that an older reader would misread."""

Rung = Literal[
    "applies",
    "builds",
    "reproduction",
    "regression",
    "speed",
    "written",
    "cross_run",
    "distinguish",
    "review",
    "judge",
    "rerun",
]
"""Stages of the verification that cost something, cheapest first."""

Action = Rung | Literal["edit"]
"""What a unit of budget may go to."""

OPTIONAL: tuple[Rung, ...] = (
    "regression",
    "written",
    "cross_run",
    "distinguish",
    "review",
    "judge",
    "rerun",
)
"""Those that may be switched off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Candidates of which no test that votes says that they differ."""

    options: tuple[str, ...]
    """Keys, the one to choose first."""
    sources: int
    """How many different normalised sources they are: their votes."""
    probability: float
    """Belief that this behaviour is the right one, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestWeight:
    """What one test came to in the decision."""

    __test__ = False

    good: float
    """Belief that the test tells right from wrong, in [0, 1]."""
    bits: float
    """How much it moved the choice: log2 of its likelihood ratio for the chosen behaviour against
    the strongest other one. Negative: it speaks against the choice. 0: it does not tell them apart.
    """
    silent: str = ""
    """Why it does not vote, where it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One line of a reviewer's checklist: something that the issue asks for."""

    text: str
    met: bool | None
    """None: the reviewer could not tell."""
    where: str = ""
    """The place in the repository that shows it, as ``path:line``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a reviewer found in one candidate, from the issue and the diff alone."""

    option: str
    demands: tuple[Demand, ...]
    belief: float
    """That it does what the issue demands, in [0, 1]."""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One unit of budget spent while deciding, and why it went there."""

    action: Action
    reason: str
    expected_gain: float
    """Rise of the chance to choose right that was expected, in [0, 1]."""
    cost: float
    """Expected, in the same unit for all actions: seconds."""
    about: tuple[str, ...] = ()
    """The candidates that it is to tell apart, or the test that is run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Complete: the choice follows from `pool` and the beliefs' version alone."""

    pool: Pool = Pool()
    behaviours: tuple[Behaviour, ...] = ()
    """The one that holds the most probable candidate first."""
    none_right: float = 1.0
    """Belief that no candidate is right, in [0, 1]."""
    weights: Mapping[str, TestWeight] = field(default_factory=dict)
    """Test → what it came to."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Test or probe → its code. Tests that a candidate's author brought are here by their file, as
    ``author KEY: PATH``, clipped."""
    reviews: tuple[Review, ...] = ()
    measures: tuple[Measure, ...] = ()
    """In the order in which they were taken."""
    stopped: str = ""
    """Why no further evidence was gathered."""
    margin: float = 0.0
    """Belief in the chosen candidate above that in the best one that behaves otherwise, in [0, 1]."""
    belief: float = 0.0
    """That the chosen candidate is right, before calibration."""
    beliefs: str = ""
    """Name of the priors that the posterior used."""
    calibration: str = ""
    """Name of the map from `belief` to the verdict's confidence."""
    version: int = VERSION
