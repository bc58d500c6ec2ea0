from dataclasses import replace

import pytest

from agents.domain import Verdict
from agents.selection.calibration.calibration_map import PRIOR, CalibrationMap
from agents.selection.evidence import Evidence
from agents.verify.confidence import with_confidence

LEVEL = CalibrationMap(name="level-1", kind="isotonic", knots=((0.5, 0.25),), beliefs="beliefs-1")
VERDICT = Verdict(
    decision="patch",
    reason="it stands",
    confidence=0.99,
    evidence=Evidence(belief=0.75, beliefs="beliefs-1"),
)


def test_the_belief_is_mapped_and_the_map_named() -> None:
    found = with_confidence(VERDICT, LEVEL)
    assert (found.confidence, found.evidence.calibration) == (0.25, "level-1")
    assert found.evidence.belief == 0.75


def test_nothing_else_of_the_verdict_changes() -> None:
    found = with_confidence(VERDICT, LEVEL)
    evidence = replace(found.evidence, calibration="")
    assert replace(found, confidence=0.99, evidence=evidence) == VERDICT


def test_a_verdict_without_a_belief_stays_as_it_is() -> None:
    old = replace(VERDICT, evidence=Evidence())
    assert with_confidence(old, LEVEL) is old


def test_a_map_for_other_beliefs_gives_way_to_the_prior() -> None:
    other = replace(VERDICT, evidence=replace(VERDICT.evidence, beliefs="beliefs-2"))
    found = with_confidence(other, LEVEL)
    assert found.evidence.calibration == "prior-1"
    assert found.confidence == pytest.approx(PRIOR.apply(0.75))


def test_mapping_twice_is_mapping_once() -> None:
    assert with_confidence(with_confidence(VERDICT, LEVEL), LEVEL) == with_confidence(
        VERDICT, LEVEL
    )
