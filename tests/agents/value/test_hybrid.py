from dataclasses import replace

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from agents.domain import Preparation, Reproduction, TestStatus
from agents.llm.scripted import Line
from agents.value.hybrid import SPREAD, Hybrid
from agents.value.llm_judge import UNSOLVED_MOST, UNUSABLE
from agents.value.progress import progress
from agents.value.protocol import Evidence, Scene
from agents.workload import Slowness, SpeedUp, Workload
from tests.agents.value.scenes import (
    BROKEN_GUARD,
    NOTED,
    REGRESSED,
    SCENE,
    SOLVED,
    Judged,
    ran,
)


def valued(scene: Scene, said: float) -> float:
    return Hybrid(Judged([f"VALUE: {said:.6f}"]).judge).estimate(scene).value


@pytest.mark.parametrize(
    ("scene", "said", "value"),
    [
        (ran("failed", "failed", "passed"), 0.0, 0.0),
        (ran("failed", "failed", "passed"), 0.5, 0.225),
        (ran("passed", "failed", "passed"), 0.0, 0.5),
        (ran("passed", "failed", "passed"), 0.4, 0.68),
        (NOTED, 0.4, 0.18),
    ],
)
def test_the_judge_moves_a_state_within_its_level(scene: Scene, said: float, value: float) -> None:
    assert valued(scene, said) == pytest.approx(value)


@pytest.mark.parametrize(("scene", "value"), [(SOLVED, 1.0), (REGRESSED, 0.5), (BROKEN_GUARD, 0.0)])
def test_where_a_judge_cannot_matter_it_is_not_asked(scene: Scene, value: float) -> None:
    model = Judged([])
    estimate = Hybrid(model.judge).estimate(scene)
    assert model.requests == []
    assert estimate.value == value
    assert estimate.parts == {"progress": value, "hybrid": value}
    assert estimate.usage.calls == 0


def test_without_targets_there_is_nothing_to_judge() -> None:
    model = Judged([])
    preparation = replace(SCENE.preparation, reproduction=Reproduction())
    scene = replace(SCENE, preparation=preparation, evidence=Evidence())
    assert Hybrid(model.judge).estimate(scene).value == 0.0
    assert model.requests == []


def test_parts_hold_every_functions_number_and_the_paragraph_is_passed_on() -> None:
    model = Judged(["Half done.\nVALUE: 0.4"])
    estimate = Hybrid(model.judge).estimate(SCENE)
    assert estimate.parts == pytest.approx({"progress": 0.5, "llm_judge": 0.4, "hybrid": 0.68})
    assert estimate.critique == "Half done."
    assert estimate.usage.calls == len(model.requests) == 1


@pytest.mark.parametrize(("scene", "value"), [(SCENE, 0.5), (NOTED, SPREAD * 0.25 / 2)])
def test_a_judge_without_a_number_leaves_progress_or_belief(scene: Scene, value: float) -> None:
    model = Judged(["?", "?"])
    estimate = Hybrid(model.judge).estimate(scene)
    assert estimate.value == pytest.approx(value)
    assert estimate.parts[UNUSABLE] == 1.0
    assert estimate.usage.calls == len(model.requests) == 2


def test_it_costs_what_its_judge_costs() -> None:
    judge = Judged([]).judge
    assert Hybrid(judge).ceiling == judge.ceiling


STATUSES: st.SearchStrategy[TestStatus] = st.sampled_from(["passed", "failed", "missing"])


SLOWNESS = Slowness(workload=Workload(script="", goal=2.0), seconds=1.0, digest="", wall_s=1.0)


def faster(ratio: float, p: float = 0.01) -> SpeedUp:
    return SpeedUp(ratio=ratio, low=ratio, high=ratio, p=p, base_s=(), state_s=())


SPEEDS = st.none() | st.builds(faster, st.floats(0.5, 3.0), st.sampled_from([0.01, 0.5]))


@st.composite
def pairs_of_scenes(draw: st.DrawFn) -> tuple[Scene, Scene]:
    """Two states of one search, with whatever their tests and a workload, if there is one, said."""
    slowness = draw(st.sampled_from([None, SLOWNESS]))
    targets = tuple(f"t{n}" for n in range(draw(st.integers(0 if slowness else 1, 4))))
    guards = tuple(f"g{n}" for n in range(draw(st.integers(0, 3))))
    reproduction = Reproduction(targets=targets, guards=guards)
    preparation = Preparation(
        base="b", commit="c", environment="e", reproduction=reproduction, slowness=slowness
    )

    def scene() -> Scene:
        kept = draw(st.booleans())
        met = draw(st.booleans())
        tests: dict[str, TestStatus] = {t: "passed" if met else draw(STATUSES) for t in targets}
        tests |= {test: "passed" if kept else draw(STATUSES) for test in guards}
        regressions = () if kept else draw(st.sampled_from([(), ("r",), ("r", "s")]))
        green = not regressions and all(status == "passed" for status in tests.values())
        speed = draw(SPEEDS) if slowness and green else None
        evidence = Evidence(tests=tests, regressions=regressions, speed=speed)
        return replace(SCENE, preparation=preparation, evidence=evidence)

    return scene(), scene()


SAID = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)


@given(pairs_of_scenes(), SAID, SAID)
def test_what_execution_ordered_is_never_overturned(
    scenes: tuple[Scene, Scene], first: float, second: float
) -> None:
    (worse, said), (better, said_too) = sorted(
        zip(scenes, (first, second), strict=True),
        key=lambda pair: progress(pair[0].preparation, pair[0].evidence),
    )
    low, high = (progress(scene.preparation, scene.evidence) for scene in (worse, better))
    assert low == high or valued(worse, said) < valued(better, said_too)
    assert 0.0 <= valued(worse, said) <= 1.0


def test_the_property_is_tried_where_the_judge_pulls_the_other_way() -> None:
    def pulls(found: tuple[Scene, Scene]) -> bool:
        low, high = (progress(scene.preparation, scene.evidence) for scene in found)
        return low < high and valued(found[0], 1.0) > low and valued(found[1], 1.0) > high

    assert find(pairs_of_scenes(), pulls)


@given(pairs_of_scenes(), SAID)
def test_only_a_solved_state_is_worth_1(scenes: tuple[Scene, Scene], said: float) -> None:
    for scene in scenes:
        solved = progress(scene.preparation, scene.evidence) == 1.0
        judged = Judged([f"VALUE: {said:.6f}"]).judge.estimate(scene).value
        assert (valued(scene, said) == 1.0, judged == 1.0) == (solved, solved)


def test_a_state_that_passes_and_is_not_faster_is_worth_more_than_one_that_fails() -> None:
    reproduction = Reproduction(targets=("t",))
    preparation = replace(SCENE.preparation, reproduction=reproduction, slowness=SLOWNESS)

    def scene(status: TestStatus, speed: SpeedUp | None = None) -> Scene:
        evidence = Evidence(tests={"t": status}, speed=speed)
        return replace(SCENE, preparation=preparation, evidence=evidence)

    assert valued(scene("failed"), 0.95) == pytest.approx(0.9 * 0.95 / 2)
    assert valued(scene("passed"), 0.95) == 0.5
    assert 0.5 < valued(scene("passed", faster(1.5)), 0.0) < 1.0
    assert valued(scene("passed", faster(2.0)), 0.0) == 1.0
    judged = Judged(["VALUE: 1"]).judge
    assert judged.estimate(scene("passed")).value == UNSOLVED_MOST


def test_within_a_level_the_judge_decides() -> None:
    model = Judged([Line(text="VALUE: 0.2", when="first"), Line(text="VALUE: 0.7", when="second")])
    hybrid = Hybrid(model.judge)
    first = hybrid.estimate(replace(SCENE, step=b"first"))
    second = hybrid.estimate(replace(SCENE, step=b"second", trial=5))
    assert first.value < second.value < 1.0
    assert len(model.requests) == 2
