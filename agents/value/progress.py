"""Progress by execution: tests of the issue gained, minus tests lost; then time saved."""

from dataclasses import dataclass

from agents.domain import Ceiling, Preparation, Reproduction
from agents.value.protocol import Estimate, Evidence, Scene
from agents.value.speed import gained

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

    With a workload, the speed-up is all where there are no targets, and else half: the tests are
    the other half. It counts only once nothing is broken.
    """
    if preparation.slowness is None:
        return _tests(preparation.reproduction, evidence)
    if evidence.regressions or _broken(preparation.reproduction, evidence):
        return 0.0
    faster = gained(evidence.speed, preparation.slowness.workload.goal)
    if not preparation.reproduction.targets:
        return faster
    return (_tests(preparation.reproduction, evidence) + faster) / 2


def _tests(reproduction: Reproduction, evidence: Evidence) -> float:
    if not reproduction.targets:
        return 0.0
    passed = sum(evidence.tests.get(test) == "passed" for test in reproduction.targets)
    net = passed - _broken(reproduction, evidence) - len(evidence.regressions)
    return max(0.0, net / len(reproduction.targets))


def _broken(reproduction: Reproduction, evidence: Evidence) -> int:
    return sum(evidence.tests.get(test) != "passed" for test in reproduction.guards)
