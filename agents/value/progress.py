"""Progress by execution: tests of the issue gained, minus tests lost."""

from dataclasses import dataclass

from agents.domain import Ceiling, Preparation
from agents.value.protocol import Estimate, Evidence, Scene

FREE = Ceiling()


@dataclass(frozen=True, slots=True)
class Progress:
    """Free, and the same for the same evidence. A note is worth what its policy believes."""

    name: str = "progress"
    ceiling: Ceiling = FREE

    def estimate(self, scene: Scene) -> Estimate:
        """See `progress`."""
        if scene.note is not None:
            value = scene.prior or 0.0
        else:
            value = progress(scene.preparation, scene.evidence)
        return Estimate(value=value, parts={self.name: value})


def progress(preparation: Preparation, evidence: Evidence) -> float:
    """``(targets that pass - guards that broke - regressions) / targets``, in [0, 1].

    1 only when every target and guard passes and nothing regressed. An edit that buys a target with
    a regression gained nothing. A test without a report is not a pass.
    """
    reproduction = preparation.reproduction
    if not reproduction.targets:
        return 0.0
    gained = sum(evidence.tests.get(test) == "passed" for test in reproduction.targets)
    broken = sum(evidence.tests.get(test) != "passed" for test in reproduction.guards)
    net = gained - broken - len(evidence.regressions)
    return max(0.0, net / len(reproduction.targets))
