"""The last step of a verdict: what its belief means. Pure."""

from dataclasses import replace

from agents.domain import Verdict
from agents.selection.calibration.calibration_map import CalibrationMap


def with_confidence(verdict: Verdict, calibration: CalibrationMap) -> Verdict:
    """The verdict with its belief mapped, and the map named in its evidence.

    A map for beliefs of other priors gives way to the prior. A verdict without a belief stays as it
    is: there is nothing to map.
    """
    evidence = verdict.evidence
    if not evidence.belief:
        return verdict
    chosen = calibration.fitting(evidence.beliefs)
    return replace(
        verdict,
        confidence=chosen.apply(evidence.belief),
        evidence=replace(evidence, calibration=chosen.name),
    )
