"""What is run to decide, and what becomes of it. The tests of faults that others had are named so."""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from agents.domain import Ceiling, Usage, Verdict
from agents.errors import ModelUnreachable
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.scripted import ScriptedModel
from agents.selection.evidence import Rung
from agents.selection.pool import Judgement
from agents.verify.extract import ReproductionTest
from agents.verify.judging.pairwise import PairwiseJudge
from agents.verify.panel import (
    Brief,
    Case,
    Drafts,
    Expected,
    Inputs,
    Judged,
    Panel,
    Reviewed,
    Run,
)
from agents.verify.scripted import (
    ONE_CALL,
    ScriptedJudge,
    ScriptedProber,
    ScriptedReviewer,
    ScriptedWriter,
)
from sandbox.errors import SandboxLost
from sandbox.protocol import RunResult, RunSpec
from tests.agents.toy import World
from tests.agents.verify import desk
from tests.agents.verify.desk import Desk

GOOD, PLAIN = "keep 1 long and good", "keep 1 x"


def likes_good(first: Brief, second: Brief) -> str | None:
    """A judge that knows."""
    return next((brief.key for brief in (first, second) if "good" in brief.patch), None)


def actions(verdict: Verdict) -> list[Rung]:
    return [measure.action for measure in verdict.evidence.measures]


@dataclass
class Counting:
    """All helpers in one, counting how often each was asked."""

    name: str = "counting"
    ceiling: Ceiling = Ceiling(tokens=110)
    asked: list[str] = field(default_factory=list)
    shown: list[Brief] = field(default_factory=list)
    orders: list[Sequence[str]] = field(default_factory=list)

    def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:
        self.asked.append("judge")
        self.shown += [first, second]
        return ScriptedJudge(prefers=likes_good).compare(case, first, second, run)

    def review(self, case: Case, brief: Brief) -> Reviewed:
        self.asked.append("review")
        return ScriptedReviewer(beliefs={brief.key: 0.5}).review(case, brief)

    def inputs(self, case: Case, first: Brief, second: Brief, number: int) -> Inputs:
        self.asked.append("distinguish")
        return Inputs(scripts=("zzz",), usage=ONE_CALL)

    def expected(self, case: Case, script: str, outputs: Sequence[str]) -> Expected:
        self.asked.append("expected")
        self.orders.append(outputs)
        return Expected(output=None, usage=ONE_CALL)

    def write(self, case: Case, number: int) -> Drafts:
        self.asked.append("written")
        return Drafts(tests=(ReproductionTest("t", "x = 1"),), usage=ONE_CALL)

    def revise(self, case: Case, test: ReproductionTest, problem: str) -> Drafts:
        return Drafts()

    def panel(self) -> Panel:
        return Panel(writer=self, prober=self, judge=self, reviewer=self)


class TestWithoutAModel:
    def test_the_same_search_gives_the_same_verdict(self, world: World) -> None:
        found = [(0, GOOD), (1, PLAIN), (2, "keep 1 other")]
        first, again = (
            made.verdict(*(made.found(trial, text) for trial, text in found))
            for made in (Desk(world), Desk(world))
        )
        assert first == again
        assert first.decision == "patch"

    def test_the_evidence_is_complete(self, world: World) -> None:
        made = Desk(world, written=("w::2",))
        told = made.verdict(made.found(0, "keep 1 2"), made.found(1, "keep 1"))
        evidence = told.evidence
        assert evidence.pool.results == {
            "issue::1": {"0": "passed", "1": "passed"},
            "w::2": {"0": "passed", "1": "failed"},
        }
        assert [b.options for b in evidence.behaviours] == [("0",), ("1",)]
        assert evidence.sources == {"issue::1": "x = 'issue::1'", "w::2": "x = 'w::2'"}
        assert evidence.weights["w::2"].bits > 0
        assert evidence.stopped
        assert evidence.beliefs
        assert evidence.margin > 0
        assert (told.chosen, told.runner_up, told.tie) == (0, 1, False)
        assert {"reproduction", "regression"} <= told.costs.keys()
        assert sum(u.sandbox_runs for u in told.costs.values()) == told.usage.sandbox_runs

    def test_ties_to_the_first_index_silently(self, world: World) -> None:
        made = Desk(world)
        longer = made.changed(0, {"answer.txt": b"keep 1\nmore\nlines\n"})
        told = made.verdict(longer, made.found(1, PLAIN), made.found(2, "keep 1 y"))
        assert (told.chosen, told.runner_up, told.tie) == (1, 2, True)

    def test_long_patches_invalid_by_length(self, world: World) -> None:
        made = Desk(world)
        asked = Counting()
        long = made.found(0, "keep 1 good\n" + "a line\n" * 50_000)
        told = made.verdict(long, made.found(1, PLAIN), panel=Panel(judge=asked))
        assert told.chosen == 0
        assert max(len(brief.patch) for brief in asked.shown) > 300_000

    def test_no_more_candidates_climb_than_the_settings_say(self, world: World) -> None:
        made = Desk(world)
        found = [made.found(trial, f"keep 1 {trial}") for trial in range(4)]
        assert len(made.verdict(*found, most=2).candidates) == 2

    @pytest.mark.parametrize(("lies", "stable", "chosen"), [(2, False, 0), (3, True, 1)])
    def test_a_test_on_which_the_choice_hangs_is_run_again_and_never_votes_if_it_lied(
        self, world: World, lies: int, stable: bool, chosen: int
    ) -> None:
        times = itertools.count()

        def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
            about = b"w::3" in spec.inputs.get("issue-tests.txt", b"")
            if about and b"x" in files["answer.txt"] and next(times) < lies:
                return desk.run({**files, "answer.txt": files["answer.txt"] + b"3"}, spec)
            return desk.run(files, spec)

        made = Desk(world, script, written=("w::3",))
        told = made.verdict(
            made.changed(0, {"answer.txt": b"keep 1", "a.py": b"y = 1"}),
            made.found(1, "keep 1 x"),
            made.changed(2, {"answer.txt": b"keep 1", "a.py": b"y =  1"}),
        )
        assert actions(told) == ["rerun"]
        assert told.evidence.measures[0].about == ("w::3",)
        assert [t.stable for t in told.evidence.pool.tests if t.id == "w::3"] == [stable]
        assert told.chosen == chosen

    def test_a_sandbox_that_dies_is_no_verdict(self, world: World) -> None:
        def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
            if "budwood_report.py" in spec.inputs:
                raise SandboxLost("gone")
            return desk.run(files, spec)

        made = Desk(world, script)
        with pytest.raises(SandboxLost):
            made.verdict(made.found(0, PLAIN))


def unreported(silent: Sequence[str]) -> desk.Script:
    """The toy's tests, of which these bring no report."""

    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        made = desk.run(files, spec)
        lines = made.artefacts.get("report.jsonl", b"").splitlines()
        kept = [line for line in lines if json.loads(line)["id"] not in silent]
        return replace(made, artefacts={**made.artefacts, "report.jsonl": b"\n".join(kept)})

    return script


class TestTestsThatAModelWrote:
    """Where the issue has none of its own."""

    NAMES = ("w::1", "w::2", "w::3")

    def made(self, world: World, script: desk.Script = desk.run) -> Desk:
        return Desk(world, script, own=(), written=self.NAMES)

    def test_one_that_reaches_the_quorum_refuses_those_that_do_not(self, world: World) -> None:
        made = self.made(world)
        found = [made.found(n, f"keep 1 {word}") for n, word in enumerate("abcde")]
        told = made.verdict(*found, made.found(5, "keep 1 2"))
        assert (told.decision, told.chosen, told.runner_up) == ("patch", 5, None)
        assert [o.refused for o in told.evidence.pool.options] == ["reproduction"] * 5 + [""]
        assert told.reason == (
            "it passed every rung, no other did; it passed 2 of 3 tests that a model wrote"
        )

    def test_where_none_does_what_passes_some_may_be_chosen_and_the_reason_says_so(
        self, world: World
    ) -> None:
        made = self.made(world)
        told = made.verdict(made.found(0, "keep 3"), made.found(1, "keep"), threshold=0.0)
        assert (told.decision, told.chosen) == ("patch", 0)
        assert told.reason.startswith("it passed 1 of 3 tests that a model wrote")
        assert "every rung" not in told.reason

    @pytest.mark.parametrize("silent", [NAMES, NAMES[:1]])
    def test_what_passes_none_of_them_is_refused_though_not_every_report_came(
        self, world: World, silent: Sequence[str]
    ) -> None:
        made = self.made(world, unreported(silent))
        told = made.verdict(made.found(0, "keep a"), threshold=0.0)
        assert (told.decision, told.chosen) == ("abstained", None)
        assert [o.refused for o in told.evidence.pool.options] == ["reproduction"]
        assert "none on the ladder (1 at reproduction, such as trial 0: 0 of 3" in told.reason

    def test_a_guard_that_is_not_known_to_pass_is_not_made_up_for(self, world: World) -> None:
        made = self.made(world, unreported(["w::2"]))
        known = made.preparation.reproduction
        guarded = replace(known, targets=("w::1", "w::3"), guards=("w::2",))
        made.preparation = replace(made.preparation, reproduction=guarded)
        told = made.verdict(made.found(0, "keep 1 2"), threshold=0.0)
        assert told.decision == "abstained"


class TestDistinguishing:
    def test_the_output_that_the_issue_demands_decides(self, world: World) -> None:
        made = Desk(world)
        prober = ScriptedProber(scripts=("zzz",), right=GOOD)
        told = made.verdict(made.found(0, PLAIN), made.found(1, GOOD), panel=Panel(prober=prober))
        (probe,) = told.evidence.pool.probes
        assert probe.outputs == {"0": PLAIN, "1": GOOD}
        assert probe.believed == (GOOD,)
        assert told.evidence.sources[probe.id] == "zzz"
        assert (told.chosen, told.tie) == (1, False)
        assert told.costs["distinguish"].calls == 2

    def test_outputs_are_shown_in_an_order_that_is_nobodys(self, world: World) -> None:
        orders = []
        for texts in ((PLAIN, GOOD), (GOOD, PLAIN)):
            made, asked = Desk(world), Counting()
            found = [made.found(trial, text) for trial, text in enumerate(texts)]
            made.verdict(*found, panel=Panel(prober=asked))
            orders += asked.orders
        assert orders[0] == orders[1]
        assert sorted(orders[0]) == sorted([PLAIN, GOOD])

    def test_what_gives_something_else_the_second_time_is_no_probe(self, world: World) -> None:
        times = itertools.count()

        def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
            made = desk.run(files, spec)
            if "probe.py" not in spec.inputs:
                return made
            return replace(made, stdout=replace(made.stdout, tail=str(next(times)).encode()))

        made, asked = Desk(world, script), Counting()
        told = made.verdict(made.found(0, PLAIN), made.found(1, GOOD), panel=Panel(prober=asked))
        assert told.evidence.pool.probes == ()
        assert asked.asked == ["distinguish"]
        assert made.runs("probe.py") == 4

    def test_an_input_on_which_all_are_equal_is_no_probe(self, world: World) -> None:
        made = Desk(world)
        prober = ScriptedProber(scripts=("1",), right="keep")
        told = made.verdict(made.found(0, PLAIN), made.found(1, GOOD), panel=Panel(prober=prober))
        assert told.evidence.pool.probes == ()


class TestJudging:
    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_results_of_concurrent_judges_zipped_to_the_wrong_candidate(
        self, world: World, order: tuple[int, ...]
    ) -> None:
        made = Desk(world)
        texts = [GOOD, PLAIN, "keep 1 y"]
        found = [made.found(trial, texts[which]) for trial, which in enumerate(order)]
        told = made.verdict(*found, panel=Panel(judge=ScriptedJudge(prefers=likes_good)))
        assert told.chosen == order.index(0)

    def test_unknown_judge_id_empty_patch(self, world: World) -> None:
        made = Desk(world)
        told = made.verdict(
            made.found(0, PLAIN),
            made.found(1, GOOD),
            panel=Panel(judge=ScriptedJudge(prefers=lambda _, __: "candidate 7")),
        )
        assert told.evidence.pool.judgements == ()
        assert told.chosen == 0
        assert b"+keep 1 x" in told.patch
        assert any("named no candidate it was shown" in note for note in told.skipped)

    def test_a_comparison_of_somebody_else_is_dropped(self, world: World) -> None:
        class Elsewhere(Counting):
            def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:
                shown = (second.key, "7")
                return Judged(judgements=(Judgement(shown=shown, preferred="7"),))

        made = Desk(world)
        told = made.verdict(
            made.found(0, PLAIN), made.found(1, GOOD), panel=Panel(judge=Elsewhere())
        )
        assert told.evidence.pool.judgements == ()
        assert told.chosen == 0

    def test_a_judge_may_run_code_on_what_it_is_shown_and_on_the_base(self, world: World) -> None:
        class Runs(Counting):
            def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:
                self.asked += [run(key, "zzz") for key in (None, first.key, second.key)]
                return super().compare(case, first, second, run)

        made, judge = Desk(world), Runs()
        told = made.verdict(made.found(0, PLAIN), made.found(1, GOOD), panel=Panel(judge=judge))
        assert judge.asked[0] == "keep 0"
        assert sorted(judge.asked[1:3]) == sorted([PLAIN, GOOD])
        assert told.costs["judge"].sandbox_runs == 3

    def test_nobody_is_shown_what_the_author_says_or_whose_it_is(self, world: World) -> None:
        made, asked = Desk(world), Counting()
        found = [
            replace(made.found(trial, text), summary="surely right", origin="llm:best", value=0.123)
            for trial, text in ((41, PLAIN), (42, GOOD))
        ]
        made.verdict(*found, panel=Panel(judge=asked))
        one, other = asked.shown
        assert one.facts == other.facts
        assert "1 of 1 tests of the issue pass" in one.facts
        told = [brief.patch + " ".join(brief.facts) for brief in asked.shown]
        for word in ("surely", "llm", "best", "0.123"):
            assert not any(word in text for text in told)
        assert not any("41" in fact or "42" in fact for fact in one.facts)


class TestReviewing:
    def test_a_review_moves_the_choice(self, world: World) -> None:
        made = Desk(world)
        reviewer = ScriptedReviewer(beliefs={"0": 0.1, "1": 0.9})
        told = made.verdict(
            made.found(0, PLAIN), made.found(1, GOOD), panel=Panel(reviewer=reviewer)
        )
        assert told.chosen == 1
        assert {r.option for r in told.evidence.reviews} == {"0", "1"}

    def test_a_reply_that_cannot_be_read_is_no_review(self, world: World) -> None:
        made = Desk(world)
        told = made.verdict(
            made.found(0, PLAIN),
            made.found(1, GOOD),
            panel=Panel(reviewer=ScriptedReviewer(beliefs={})),
        )
        assert told.evidence.reviews == ()
        assert any("could not be read" in note for note in told.skipped)
        assert told.costs["review"].calls == 2


class TestFurtherTests:
    def test_one_that_fails_on_the_base_votes_on_every_candidate(self, world: World) -> None:
        made = Desk(world)
        # The n-th of them passes where the file holds the digit n.
        tests = tuple(ReproductionTest("any", f"x = {name!r}") for name in "abc")
        told = made.verdict(
            made.found(0, "keep 1 x"),
            made.found(1, "keep 1 3 longer"),
            panel=Panel(writer=ScriptedWriter(tests=tests)),
        )
        assert told.evidence.pool.results["late::3"] == {"0": "failed", "1": "passed"}
        assert told.evidence.sources["late::3"] == "x = 'c'"
        assert told.chosen == 1
        assert told.costs["written"].calls == 1

    def test_one_that_passes_on_the_base_or_was_there_before_is_no_vote(self, world: World) -> None:
        def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
            return desk.run({**files, "answer.txt": files["answer.txt"] + b"2"}, spec)

        made = Desk(world, script)
        tests = tuple(
            ReproductionTest("any", source)
            for source in ("x='issue::1'  # as before", "x = 'a'", "x = 'b'")
        )
        told = made.verdict(
            made.found(0, PLAIN),
            made.found(1, GOOD),
            panel=Panel(writer=ScriptedWriter(tests=tests)),
        )
        assert [t.id for t in told.evidence.pool.tests] == ["issue::1", "late::1"]


class TestWhatIsSpent:
    @pytest.mark.parametrize(
        ("rung", "calls"), [("judge", 1), ("review", 2), ("distinguish", 1), ("written", 1)]
    )
    def test_the_expensive_path_configured_but_never_run(
        self, world: World, rung: str, calls: int
    ) -> None:
        made, asked = Desk(world), Counting()
        others = {"judge", "review", "distinguish", "written"} - {rung}
        told = made.verdict(
            made.found(0, PLAIN), made.found(1, GOOD), panel=asked.panel(), without=tuple(others)
        )
        assert asked.asked.count(rung) == calls
        assert set(actions(told)) == {rung}
        assert told.usage.calls == told.costs[rung].calls > 0

    @pytest.mark.parametrize("rung", ["judge", "review", "distinguish", "written"])
    def test_a_rung_that_the_settings_leave_out_is_never_run_and_named(
        self, world: World, rung: str
    ) -> None:
        made, asked = Desk(world), Counting()
        told = made.verdict(
            made.found(0, PLAIN), made.found(1, GOOD), panel=asked.panel(), without=(rung,)
        )
        assert rung not in asked.asked
        assert rung not in told.costs
        assert f"{rung}: left out by the settings" in told.skipped

    def test_nobody_is_asked_about_a_lone_candidate(self, world: World) -> None:
        made, asked = Desk(world), Counting()
        told = made.verdict(made.found(0, PLAIN), panel=asked.panel())
        assert asked.asked == []
        assert told.evidence.stopped == "there is nothing to choose between"

    def test_no_pair_is_compared_twice(self, world: World) -> None:
        made, asked = Desk(world), Counting()
        made.verdict(
            *(made.found(trial, f"keep 1 {trial}") for trial in range(4)), panel=Panel(judge=asked)
        )
        pairs = [
            frozenset((one.key, other.key))
            for one, other in zip(asked.shown[::2], asked.shown[1::2], strict=True)
        ]
        assert len(pairs) == len(set(pairs)) > 0

    @pytest.mark.parametrize("tokens", range(0, 1000, 110))
    def test_calls_never_pass_what_is_left_of_a_limit(self, world: World, tokens: int) -> None:
        made, asked = Desk(world), Counting(ceiling=Ceiling(tokens=220))

        def affords(used: Usage, ceiling: Ceiling) -> bool:
            return used.tokens + ceiling.tokens <= tokens

        told = made.verdict(
            made.found(0, PLAIN),
            made.found(1, GOOD),
            panel=asked.panel(),
            affords=affords,
            threshold=0.0,
        )
        assert told.usage.tokens <= tokens
        assert told.decision == "patch"
        noted = any("limit on tokens or USD" in note for note in told.skipped)
        assert noted or len(asked.asked) > 1
        assert (asked.asked == []) == (tokens < 220)

    def test_when_the_time_is_up_it_decides_from_what_it_knows(self, world: World) -> None:
        made, asked = Desk(world), Counting()
        told = made.verdict(
            made.found(0, PLAIN),
            made.found(1, GOOD),
            panel=asked.panel(),
            left=lambda used: 5.0 - used.sandbox_s,
        )
        assert asked.asked == []
        assert (told.decision, told.evidence.stopped) == ("patch", "the time is up")


class Away(Counting):
    """Answers nobody."""

    def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:
        raise ModelUnreachable("nobody at that address")


def test_a_model_that_cannot_be_reached_costs_no_verdict(world: World) -> None:
    made, away = Desk(world), Away()
    told = made.verdict(made.found(0, PLAIN), made.found(1, GOOD), panel=Panel(judge=away))
    assert (told.decision, told.chosen) == ("patch", 0)
    assert any("nobody at that address" in note for note in told.skipped)


def test_a_model_that_is_gone_halfway_is_paid_for_what_it_said_and_asked_no_more(
    world: World,
) -> None:
    made = Desk(world)
    judge = PairwiseJudge(Journal(ScriptedModel(["CHOICE: A"]), MemoryCallStore()), "m")
    found = [made.found(n, "keep 1" + "\nmore" * n) for n in range(3)]
    told = made.verdict(*found, panel=Panel(judge=judge))
    assert told.costs["judge"].calls == told.usage.calls == 1
    assert len(told.evidence.pool.judgements) == 1
    assert actions(told) == ["judge"]
    assert any(note.startswith("judge: the model could not be asked: ") for note in told.skipped)


def test_what_a_judge_ran_is_booked_though_its_model_is_gone_afterwards(world: World) -> None:
    class RunsInVain(Away):
        def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:
            run(first.key, "zzz")
            return super().compare(case, first, second, run)

    made = Desk(world)
    told = made.verdict(made.found(0, PLAIN), made.found(1, GOOD), panel=Panel(judge=RunsInVain()))
    assert told.costs["judge"].sandbox_runs == made.runs("probe.py") == 1


@pytest.mark.parametrize(
    "prefers", [lambda first, _: first.key, lambda _, second: second.key, lambda _, __: None]
)
def test_a_judge_that_goes_by_the_place_moves_no_choice(
    world: World, prefers: Callable[[Brief, Brief], str | None]
) -> None:
    made = Desk(world)
    told = made.verdict(
        made.found(0, PLAIN),
        made.found(1, GOOD),
        panel=Panel(judge=ScriptedJudge(prefers=prefers)),
        threshold=0.0,
    )
    assert told.chosen == 0
