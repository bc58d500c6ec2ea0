from dataclasses import replace

from agents.domain import Candidate, Issue, Outcome, Preparation, Reproduction, Rung, Verdict
from agents.settings import SearchSettings
from agents.store import SearchRecord, StoredTrial
from agents.workload import Slowness, SpeedUp, Workload
from service.console.progress_view import progress_view, status_line
from service.console.tree_view import tree_view
from service.console.verdict_view import verdict_view
from tests.service.console.drawing import drawn


def told(number: int, **outcome: object) -> StoredTrial:
    made = Outcome(**{"trial": number, "kind": "expanded", "state": f"s{number}", **outcome})  # type: ignore[arg-type]
    return StoredTrial(number=number, node=0, ordinal=number, told=number, outcome=made)


RECORD = SearchRecord(
    id="s",
    issue=Issue(repo="[red]repo[/]", base_commit="abcdef0123456", problem_statement="x"),
    settings=SearchSettings(),
    phase="searching",
    preparation=Preparation(
        base="b", commit="c", environment="e", reproduction=Reproduction(targets=("issue::1",))
    ),
    trials=(
        told(0, summary="x[0] → x[-1] (a.py:1)", value=0.5),
        told(1, summary="dud", value=0.0),
        told(2, kind="failed", reason="unparsable", feedback="no block was found\nmore"),
        told(3, summary="the fix", value=1.0, solved=True),
    ),
)
VERDICT = Verdict(
    decision="patch",
    reason="it passed every rung, no other did",
    patch=b"--- a/a.py\n+++ b/a.py\nindex 123\n@@ -1 +1 @@\n-x\n+y\n",
    chosen=3,
    confidence=0.8,
    candidates=(
        Candidate(
            trial=3,
            state="s3",
            patch=b"",
            summary="the fix",
            cluster=0,
            changed_lines=2,
            rungs=(Rung(name="applies", passed=True), Rung(name="regression", passed=None)),
        ),
    ),
    skipped=("regression (trial 3): no tests",),
)


def test_the_tree_shows_progress_the_solution_and_every_reply_that_could_not_be_used() -> None:
    shown = drawn(tree_view(RECORD))
    assert "✓ 1.00 the fix" in shown
    assert "◐ 0.50 x[0] → x[-1] (a.py:1)" in shown
    assert "trial 2: unparsable: no block was found" in shown


def test_text_of_others_is_never_read_as_markup() -> None:
    assert "[red]repo[/]" in drawn(tree_view(RECORD))


def test_the_chosen_node_is_starred_once_there_is_a_verdict() -> None:
    assert "★ 1.00 the fix" in drawn(tree_view(replace(RECORD, verdict=VERDICT)))


def test_a_search_that_is_not_prepared_shows_its_repository_alone() -> None:
    assert drawn(tree_view(replace(RECORD, preparation=None, trials=()))).count("\n") == 1


def test_the_status_counts_nodes_and_names_the_limits() -> None:
    line = status_line(RECORD, 3.0)
    assert "searching" in line
    assert "4/300 nodes" in line
    assert "best 1.00" in line
    assert "3 s of 1800" in line


def test_a_running_search_can_be_drawn() -> None:
    assert "the fix" in drawn(progress_view(replace(RECORD, phase="done"), 1.0))


def test_the_verdict_shows_patch_rungs_and_what_was_skipped() -> None:
    shown = drawn(verdict_view(VERDICT))
    assert "+y" in shown
    assert "index 123" not in shown
    assert "✓ applies" in shown
    assert "regression (trial 3): no tests" in shown


def test_tests_that_a_model_wrote_are_not_shown_as_the_issues_own() -> None:
    told = Reproduction(targets=("w1", "w2", "w3"), written=("w1", "w2", "w3"), quorum=2)
    verdict = Verdict(decision="abstained", reason="", reproduction=told)
    assert "a model wrote those that fail, 2 must pass" in " ".join(
        drawn(verdict_view(verdict)).split()
    )
    beside = replace(told, targets=("issue::1",), quorum=None)
    shown = drawn(verdict_view(replace(verdict, reproduction=beside)))
    assert "3 that a model wrote fail and vote" in " ".join(shown.split())


def test_an_abstention_shows_its_reason() -> None:
    assert "abstained: nothing" in drawn(
        verdict_view(Verdict(decision="abstained", reason="nothing"))
    )


SPEED = SpeedUp(ratio=3.14159, low=2.5, high=4.0, p=0.001, base_s=(1.0,), state_s=(0.3,))


def test_the_tree_shows_a_measured_speed_up_with_its_interval() -> None:
    trials = (told(0, summary="a set", value=1.0, solved=True, speed=SPEED),)
    assert "a set  3.14 times as fast [2.5, 4]" in drawn(tree_view(replace(RECORD, trials=trials)))


def test_the_verdict_says_how_much_faster_and_than_what() -> None:
    rung = Rung(name="speed", passed=True, detail=f"the workload is {SPEED}")
    candidate = replace(VERDICT.candidates[0], rungs=(rung,), speed=SPEED)
    slowness = Slowness(
        workload=Workload(script="x", goal=2.0), seconds=0.5, digest="d", wall_s=1.0
    )
    shown = drawn(verdict_view(replace(VERDICT, candidates=(candidate,), slowness=slowness)))
    assert "3.14 times as fast [2.5, 4]" in " ".join(shown.split())
    assert "takes 0.5 s on the base, wanted 2 times as fast" in " ".join(shown.split())
