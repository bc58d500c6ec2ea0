"""Rung by rung, over fakes: what refuses a candidate, and what is merely not known."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from agents.domain import Rung
from agents.verify.ladder import Climb, climb
from agents.workload import Slowness, Workload
from sandbox.protocol import RunResult, RunSpec
from tests.agents.test_speed_search import run as timed
from tests.agents.toy import World
from tests.agents.verify import desk
from tests.agents.verify.desk import Desk, Script, reported


def rung(climbed: Climb, name: str) -> Rung:
    return next(rung for rung in climbed.rungs if rung.name == name)


def climbed(made: Desk, text: str = "keep 1", without: tuple[str, ...] = ()) -> Climb:
    return climb(made.bench, made.preparation, made.found(0, text), slack=5.0, without=without)


def first_times(answers: list[RunResult], name: str, otherwise: Script = desk.run) -> Script:
    """Answers the first runs that have an input file of that name; the toy answers the others."""
    waiting = iter(answers)

    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        made = otherwise(files, spec)
        return next(waiting, made) if name in spec.inputs else made

    return script


HUNG = RunResult(outcome="timeout", wall_s=5.0)
CRASHED = RunResult(outcome="failed", signal=11)


class TestTheIssuesTests:
    def test_one_that_fails_refuses(self, world: World) -> None:
        assert rung(climbed(Desk(world), "keep 2"), "reproduction").passed is False

    def test_one_timeout_read_as_a_wrong_patch(self, world: World) -> None:
        made = Desk(world, first_times([HUNG], "harness.py"))
        assert rung(climbed(made), "reproduction").passed is True
        assert made.runs("harness.py") == 3

    def test_a_timeout_that_comes_again_refuses(self, world: World) -> None:
        made = Desk(world, first_times([HUNG, HUNG], "harness.py"))
        told = climbed(made)
        assert rung(told, "reproduction").passed is False
        assert told.marks == {"issue::1": "failed"}

    def test_missing_report_read_as_no_failure(self, world: World) -> None:
        made = Desk(world, first_times([CRASHED] * 3, "harness.py"))
        told = climbed(made)
        assert rung(told, "reproduction").passed is None
        assert told.marks == {"issue::1": "unknown"}

    def test_one_that_a_model_wrote_may_fail_while_most_pass(self, world: World) -> None:
        made = Desk(world, own=(), written=("w::1", "w::2", "w::9"))
        told = climbed(made, "keep 1 2")
        assert rung(told, "reproduction").passed is True
        assert told.marks == {"w::1": "passed", "w::2": "passed", "w::9": "failed"}

    def test_too_few_that_a_model_wrote_leave_the_rung_open(self, world: World) -> None:
        made = Desk(world, own=(), written=("w::1", "w::8", "w::9"))
        told = climbed(made)
        assert rung(told, "reproduction").passed is None
        assert rung(told, "regression").passed is True

    def test_those_written_beside_the_issues_own_refuse_nobody(self, world: World) -> None:
        told = climbed(Desk(world, written=("w::9",)))
        assert rung(told, "reproduction").passed is True
        assert told.marks == {"issue::1": "passed", "w::9": "failed"}


class TestTheRepositorysTests:
    def test_one_that_no_longer_passes_refuses(self, world: World) -> None:
        assert rung(climbed(Desk(world), "1"), "regression").passed is False

    def test_one_flake_does_not_refuse(self, world: World) -> None:
        failed = reported([{"id": "t::keep", "status": "failed"}])
        made = Desk(world, first_times([failed], "budwood_report.py"))
        assert rung(climbed(made), "regression").passed is True

    def test_a_run_that_was_cut_short_twice_is_unknown(self, world: World) -> None:
        short = reported([{"id": "t::old", "status": "failed"}], outcome="timeout")
        made = Desk(world, first_times([short, short], "budwood_report.py"))
        told = rung(climbed(made), "regression")
        assert (told.passed, "not reached" in told.detail) == (None, True)

    def test_a_run_that_reached_nothing_twice_refuses(self, world: World) -> None:
        made = Desk(world, first_times([HUNG, HUNG], "budwood_report.py"))
        assert rung(climbed(made), "regression").passed is False

    def test_tests_that_a_run_lost_although_it_ended_refuse(self, world: World) -> None:
        made = Desk(world, first_times([reported([]), reported([])], "budwood_report.py"))
        assert rung(climbed(made), "regression").passed is False

    def test_they_are_left_out_where_the_settings_say_so(self, world: World) -> None:
        made = Desk(world)
        assert rung(climbed(made, "1", without=("regression",)), "regression").passed is None
        assert made.runs("budwood_report.py") == 0

    def test_of_a_long_suite_what_is_near_the_patch_runs_first(self, world: World) -> None:
        def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
            if "budwood_report.py" in spec.inputs:
                return reported([{"id": test, "status": "failed"} for test in tests])
            return desk.run(files, spec)

        tests = ("test_answer.py::a", "test_other.py::b")
        made = Desk(world, script, baseline_s=100.0)
        baseline = replace(made.preparation.baseline, passing=tests)
        made.preparation = replace(made.preparation, baseline=baseline)
        assert rung(climbed(made), "regression").passed is False
        suites = [c.spec for c in made.sandbox.calls if "budwood_report.py" in c.spec.inputs]
        asked = [json.loads(spec.inputs["budwood_only.json"]) for spec in suites]
        assert asked == [["test_answer.py::a"]] * 2


class TestTheWorkload:
    """The base takes a second, a state with "fast" in it a tenth of one."""

    SLOWNESS = Slowness(workload=Workload(script="pass"), seconds=1.0, digest="same", wall_s=0.5)

    def made(self, world: World, answers: list[RunResult]) -> Desk:
        made = Desk(world, first_times(answers, "stopwatch.py", otherwise=timed))
        made.preparation = replace(made.preparation, slowness=self.SLOWNESS)
        return made

    def test_what_could_not_be_measured_is_measured_once_more(self, world: World) -> None:
        made = self.made(world, [HUNG])
        told = climbed(made, "keep 1 fast")
        assert rung(told, "speed").passed is True
        assert told.speed is not None
        assert told.costs["speed"].sandbox_runs == made.runs("stopwatch.py") > 20

    def test_what_never_can_be_is_unknown_and_not_slow(self, world: World) -> None:
        made = self.made(world, [HUNG, HUNG])
        told = rung(climbed(made, "keep 1 fast"), "speed")
        assert told.passed is None
        assert "could not be timed: it does not end within" in told.detail
        assert made.runs("stopwatch.py") == 2

    def test_what_is_no_faster_is_refused_at_once(self, world: World) -> None:
        made = self.made(world, [])
        assert rung(climbed(made, "keep 1"), "speed").passed is False
        assert made.runs("stopwatch.py") == 20

    def test_nobody_is_chosen_whose_speed_is_unknown_and_the_reason_says_why(
        self, world: World
    ) -> None:
        made = self.made(world, [HUNG, HUNG])
        told = made.verdict(made.found(0, "keep 1 fast"), threshold=0.0)
        assert told.decision == "abstained"
        assert [candidate.accepted for candidate in told.candidates] == [False]
        assert "1 at speed, such as trial 0: the workload could not be timed" in told.reason

    def test_another_is_chosen_in_its_place(self, world: World) -> None:
        made = self.made(world, [HUNG, HUNG])
        told = made.verdict(made.found(0, "keep 1 fast"), made.found(1, "keep 1 x fast"))
        assert told.chosen == 1
        assert [candidate.accepted for candidate in told.candidates] == [False, True]


class TestThePatch:
    def test_test_files_are_split_off_and_the_rest_climbs(self, world: World) -> None:
        made = Desk(world)
        changes = {"answer.txt": b"keep 1", "tests/test_x.py": b"t", "debug.py": b"x"}
        told = climb(made.bench, made.preparation, made.changed(0, changes), slack=5.0)
        assert set(told.changes) == {"answer.txt"}
        assert told.brought == {"tests/test_x.py": b"t"}
        assert told.state == made.found(1, "keep 1").state
        assert told.patch == made.found(1, "keep 1").patch
        assert rung(told, "regression").passed is True

    def test_one_of_tests_only_is_refused(self, world: World) -> None:
        made = Desk(world)
        outcome = made.changed(0, {"tests/test_x.py": b"t"})
        told = climb(made.bench, made.preparation, outcome, slack=5.0)
        assert [(r.name, r.passed) for r in told.rungs] == [("applies", False)]

    @pytest.mark.parametrize("path", ["../outside", ".git/config", "pkg/.GIT/hooks/x"])
    def test_one_that_leaves_the_tree_is_refused(self, world: World, path: str) -> None:
        made = Desk(world)
        patch = (
            f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
            "@@ -0,0 +1 @@\n+x\n"
        ).encode()
        outcome = replace(made.found(0, "keep 1"), patch=patch)
        told = climb(made.bench, made.preparation, outcome, slack=5.0)
        assert [(r.name, r.passed) for r in told.rungs] == [("applies", False)]

    def test_a_link_that_leaves_the_tree_is_refused(self, world: World) -> None:
        made = Desk(world)
        patch = (
            b"diff --git a/link b/link\nnew file mode 120000\n--- /dev/null\n+++ b/link\n"
            b"@@ -0,0 +1 @@\n+../../etc/passwd\n\\ No newline at end of file\n"
        )
        outcome = replace(made.found(0, "keep 1"), patch=patch)
        told = climb(made.bench, made.preparation, outcome, slack=5.0)
        assert rung(told, "applies").passed is False
        assert "link" in rung(told, "applies").detail

    def test_what_runs_before_any_test_is_refused(self, world: World) -> None:
        made = Desk(world)
        outcome = made.changed(0, {"answer.txt": b"keep 1", "sitecustomize.py": b"x"})
        told = climb(made.bench, made.preparation, outcome, slack=5.0)
        assert "sitecustomize" in rung(told, "applies").detail
        assert rung(told, "applies").passed is False
