"""Execution first, the judge inside ties.

With T targets, progress has the levels k/T for k = 0 … T. With j in [0, 1] the judge's number:

    value = 1                   solved (k = T)
    value = k/T                 where a test that passed before no longer passes
    value = k/T + 0.9 · j/T     otherwise

The second term is smaller than the distance to the next level, so j orders the states of one level
and never overturns what execution said. A state that broke something lies at the bottom of its
level, and a solved one at the top of all: in both cases j could change nothing, and the judge is
not asked.

A note has gained nothing yet (k = 0), so it is worth 0.9 · j/T. Where the judge gave no number, j is
the policy's belief for a note and 0 for a state.
"""

from dataclasses import dataclass, field

from agents.domain import Ceiling
from agents.value.progress import Progress, progress
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
            len(scene.preparation.reproduction.targets),
            judged.parts.get(self.judge.name, believed),
        )
        return Estimate(
            value=value,
            parts={**judged.parts, self.name: value},
            critique=judged.critique,
            usage=judged.usage,
        )


def within_level(level: float, targets: int, judged: float) -> float:
    """``level + 0.9 · judged / targets``; `level` is k/targets with k < targets."""
    return level + SPREAD * judged / max(1, targets)


def undecided(scene: Scene) -> bool:
    """Whether a judge's word can make a difference: nothing is solved and nothing broke."""
    if scene.note is not None:
        return True
    evidence, reproduction = scene.evidence, scene.preparation.reproduction
    broken = any(evidence.tests.get(test) != "passed" for test in reproduction.guards)
    if broken or evidence.regressions or not reproduction.targets:
        return False
    return progress(scene.preparation, evidence) < 1.0
