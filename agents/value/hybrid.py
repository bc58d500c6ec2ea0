"""Execution first, the judge inside ties.

The level p is `agents.value.progress`. With T targets and no workload it is k/T where k targets were
gained and nothing broke, so that one level is w = 1/T higher than the one before; with a workload as
well, the tests count half, and w = 1/2T. With j in [0, 1] the judge's number:

    value = 1                   solved (p = 1)
    value = p                   where a test that passed before no longer passes, or only speed lacks
    value = p + 0.9 · j · w     otherwise

The second term is smaller than the distance to the next level, so j orders the states of one level
and never overturns what execution said. A state that broke something lies at the bottom of its
level, and a solved one at the top of all: in both cases j could change nothing, and the judge is
not asked. Nor is it where only speed lacks, since every target passes or there is none: a measured
gain has no levels that a word could stay within.

A note has gained nothing yet (p = 0), so it is worth 0.9 · j · w. Where the judge gave no number, j is
the policy's belief for a note and 0 for a state.
"""

from dataclasses import dataclass, field

from agents.domain import Ceiling, Preparation
from agents.value.progress import Progress
from agents.value.protocol import Estimate, Scene, ValueFunction

SPREAD = 0.9
"""Part of a level's height that the judge may use. Below 1, so that levels do not touch."""


@dataclass(frozen=True, slots=True)
class Hybrid:
    """As thread-safe as its judge."""

    judge: ValueFunction
    """Gives its number under its own name in the parts."""
    name: str = "hybrid"
    _execution: Progress = field(default_factory=Progress)

    @property
    def ceiling(self) -> Ceiling:
        """The judge's."""
        return self.judge.ceiling

    def estimate(self, scene: Scene) -> Estimate:
        """See the module. Raises: ModelError."""
        executed = self._execution.estimate(scene)
        if not undecided(scene):
            return Estimate(
                value=executed.value, parts={**executed.parts, self.name: executed.value}
            )
        judged = self.judge.estimate(scene)
        believed = (scene.prior or 0.0) if scene.note else 0.0
        value = within_level(
            0.0 if scene.note else executed.value,
            width(scene.preparation),
            judged.parts.get(self.judge.name, believed),
        )
        return Estimate(
            value=value,
            parts={**judged.parts, self.name: value},
            critique=judged.critique,
            usage=judged.usage,
        )


def width(preparation: Preparation) -> float:
    """How much one more target gains; 1 where there is none."""
    targets = len(preparation.reproduction.targets)
    halves = 2 if targets and preparation.slowness else 1
    return 1 / (max(1, targets) * halves)


def within_level(level: float, height: float, judged: float) -> float:
    """``level + 0.9 · judged · height``."""
    return level + SPREAD * judged * height


def undecided(scene: Scene) -> bool:
    """Whether a judge's word can make a difference: a target still fails and nothing broke."""
    if scene.note is not None:
        return True
    evidence, reproduction = scene.evidence, scene.preparation.reproduction
    broken = any(evidence.tests.get(test) != "passed" for test in reproduction.guards)
    if broken or evidence.regressions:
        return False
    return any(evidence.tests.get(test) != "passed" for test in reproduction.targets)
