from dataclasses import replace

from agents.domain import Baseline, Outcome, Preparation, Reproduction, Rung, Verdict
from agents.settings import Verification
from agents.verify.choice import Ending, verdict_of
from agents.verify.inquiry import Inquiry
from agents.verify.ladder import Climb
from agents.verify.pooling import changed_lines, key_of, pooled
from agents.workload import SpeedUp

PATCH = b"--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n"
PREPARATION = Preparation(
    base="0" * 40,
    commit="c",
    environment="e",
    baseline=Baseline(passing=("t::a",)),
    reproduction=Reproduction(script="[]", targets=("issue::1",)),
)
ALL_PASS = (
    Rung(name="applies", passed=True),
    Rung(name="reproduction", passed=True),
    Rung(name="regression", passed=True),
)


def climbed(
    trial: int, content: bytes, rungs: tuple[Rung, ...] = ALL_PASS, patch: bytes = PATCH
) -> Climb:
    return Climb(
        outcome=Outcome(trial=trial, kind="expanded", state=f"s{trial}", patch=patch),
        changes={"a.py": content},
        rungs=rungs,
        tests={},
        marks={"issue::1": "passed"},
        patch=patch,
    )


def verdict(
    *climbs: Climb, preparation: Preparation = PREPARATION, threshold: float = 0.3
) -> Verdict:
    inquiry = Inquiry(pool=pooled(preparation, climbs), climbs={key_of(c): c for c in climbs})
    settings = Verification(threshold=threshold)
    return verdict_of(preparation, settings, climbs, inquiry, ending=Ending(tried=9))


def test_the_larger_cluster_wins() -> None:
    told = verdict(climbed(0, b"y = 1"), climbed(1, b"y = 2"), climbed(2, b"y = 2  # same"))
    assert (told.chosen, told.runner_up, told.tie) == (1, 0, False)


def test_a_tie_goes_to_the_smaller_then_the_earlier_patch_and_is_reported() -> None:
    told = verdict(
        climbed(0, b"y = 1", patch=PATCH + b"+z\n"), climbed(1, b"y = 2"), climbed(2, b"y = 3")
    )
    assert (told.chosen, told.runner_up, told.tie) == (1, 2, True)


def sped(trial: int, content: bytes, ratio: float, patch: bytes = PATCH) -> Climb:
    speed = SpeedUp(
        ratio=ratio, low=ratio * 0.9, high=ratio * 1.1, p=0.01, base_s=(1.0,), state_s=(1.0,)
    )
    return replace(climbed(trial, content, patch=patch), speed=speed)


def test_the_surely_faster_patch_settles_a_tie_before_the_smaller_one_does() -> None:
    told = verdict(sped(0, b"y = 1", 2.0), sped(1, b"y = 2", 4.0, PATCH + b"+z\n"))
    assert (told.chosen, told.runner_up, told.tie) == (1, 0, True)


def test_a_difference_that_may_be_noise_leaves_it_to_the_smaller_patch() -> None:
    told = verdict(sped(0, b"y = 1", 3.8), sped(1, b"y = 2", 4.0, PATCH + b"+z\n"))
    assert told.chosen == 0


def test_speed_settles_nothing_where_one_source_came_up_twice() -> None:
    told = verdict(sped(0, b"y = 1", 9.0), sped(1, b"y = 2", 2.0), sped(2, b"y = 2  # same", 2.0))
    assert told.chosen == 1


def test_a_speed_rung_alone_says_enough_about_the_issue() -> None:
    bare = replace(PREPARATION, reproduction=Reproduction(skipped_reason="no code"))
    skipped = replace(ALL_PASS[1], passed=None)
    rungs = (ALL_PASS[0], skipped, ALL_PASS[2], Rung(name="speed", passed=True))
    assert verdict(climbed(0, b"y", rungs), preparation=bare).decision == "patch"
    slow = (*rungs[:3], Rung(name="speed", passed=False))
    assert verdict(climbed(0, b"y", slow), preparation=bare).decision == "abstained"


def test_a_candidate_that_one_rung_refused_is_never_chosen() -> None:
    refused = (*ALL_PASS[:2], Rung(name="regression", passed=False))
    told = verdict(climbed(0, b"y = 1", refused))
    assert (told.decision, told.chosen, told.patch) == ("abstained", None, b"")
    assert "none on the ladder" in told.reason


def test_a_skipped_reproduction_is_no_reason_to_accept() -> None:
    skipped = (ALL_PASS[0], Rung(name="reproduction", passed=None), ALL_PASS[2])
    assert verdict(climbed(0, b"y = 1", skipped)).decision == "abstained"


def test_a_skipped_regression_run_is_accepted_with_less_confidence_and_told() -> None:
    skipped = (*ALL_PASS[:2], Rung(name="regression", passed=None, detail="no tests"))
    with_suite, without = verdict(climbed(0, b"y")), verdict(climbed(0, b"y", skipped))
    assert without.decision == "patch"
    assert without.confidence < with_suite.confidence
    assert without.skipped == ("regression (trial 0): no tests",)
    assert with_suite.reason.startswith("it passed every rung, ")
    assert without.reason.startswith("it passed every rung but regression, of which nothing")


def test_confidence_falls_when_patches_behave_differently() -> None:
    voted = replace(PREPARATION.reproduction, written=("w::1", "w::2"))
    preparation = replace(PREPARATION, reproduction=voted)
    one = {"issue::1": "passed", "w::1": "passed", "w::2": "failed"}
    other = {"issue::1": "passed", "w::1": "failed", "w::2": "passed"}
    divided = verdict(
        replace(climbed(0, b"y = 1"), marks=one),
        replace(climbed(1, b"z"), marks=other),
        preparation=preparation,
    )
    assert 0 < divided.confidence < verdict(climbed(0, b"y = 1")).confidence <= 1
    assert len(divided.evidence.behaviours) == 2


def test_below_the_threshold_it_abstains_and_says_why() -> None:
    told = verdict(climbed(0, b"y = 1"), threshold=0.99)
    assert (told.decision, told.patch, told.chosen) == ("abstained", b"", None)
    assert "below the threshold of 0.99" in told.reason
    assert 0 < told.confidence == round(told.evidence.belief, 3)


def test_without_a_reproduction_the_reason_is_the_reproductions() -> None:
    bare = Preparation(
        base="0", commit="c", environment="e", reproduction=Reproduction(skipped_reason="no code")
    )
    assert verdict(preparation=bare).reason.endswith("no code")


def test_changed_lines_counts_added_and_removed_ones() -> None:
    assert changed_lines(PATCH) == 2
