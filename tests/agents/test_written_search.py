"""A search by tests that a model wrote: prose alone, a quorum, votes, and the purse.

The toy's test ``written::n`` passes while the file holds the digit n.
"""

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from agents.domain import Ceiling, Reproduction
from agents.driver import run_in_process
from agents.engine import Engine
from agents.errors import ModelError, ModelRefusedKey, ModelUnreachable, ReplayMismatch
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import Price
from agents.llm.recorded import RecordedCalls
from agents.llm.scripted import ScriptedModel
from agents.policy.scripted_policy import Changes
from agents.replay import difference, replaying
from agents.settings import Limits, Verification
from agents.store import MemoryStore, SearchRecord
from agents.verify.extract import ReproductionTest
from agents.verify.panel import Case, Drafts, Panel
from agents.verify.panel import TestWriter as Writer
from agents.verify.scripted import ScriptedWriter
from agents.verify.writing.llm_writer import LlmTestWriter
from agents.workload import Workload
from sandbox.protocol import RunResult, RunSpec
from tests.agents.gambler import PRICE
from tests.agents.test_limits import CEILING, MANY, asking
from tests.agents.toy import STATEMENT, World, answer, run

PROSE = "It never counts beyond nothing."
THREE = ScriptedWriter(
    tests=tuple(ReproductionTest(f"draft {n}", f"assert count() == {n}") for n in (1, 2, 3))
)
ONE_AT_ONCE = {"width": 1, "candidates": 1, "verification": Verification(tests=3)}
MANY_AT_ONCE = {"strategy": "best_of_n", "max_depth": 1, "options": {"n": 16.0}, "candidates": 9}


def searched(
    world: World,
    ideas: Sequence[Changes],
    writer: Writer | None = THREE,
    **settings: object,
) -> SearchRecord:
    engine = world.engine(ideas, **{"statement": PROSE, **ONE_AT_ONCE, **settings})  # type: ignore[arg-type]
    engine.tools = replace(engine.tools, panel=lambda _: Panel(writer=writer))
    run_in_process(engine, "s", workers=1)
    return engine.store.load("s")


def test_an_issue_in_prose_alone_is_resolved_instead_of_abstaining(world: World) -> None:
    told = searched(world, [answer("1 2 3")])
    assert told.verdict is not None
    assert (told.verdict.decision, told.verdict.chosen) == ("patch", 0)
    assert told.verdict.reproduction.targets == ("written::1", "written::2", "written::3")
    assert told.verdict.reason.endswith("; it passed 3 of 3 tests that a model wrote")
    assert told.verdict.baseline.passing == ("t::keep",)
    assert told.verdict.usage.calls == 1


def test_without_a_writer_it_still_abstains_before_it_spends_anything(world: World) -> None:
    for writer, without in ((None, ()), (THREE, ("written",))):
        chosen = Verification(tests=3, without=without)
        told = searched(world, [answer("1 2 3")], writer, verification=chosen)
        assert told.verdict is not None
        assert "no runnable Python code" in told.verdict.reason
        assert (told.trials, told.verdict.usage.calls) == ((), 0)


def test_most_of_the_written_tests_are_enough_and_progress_stays_a_share(world: World) -> None:
    told = searched(world, [answer("1"), answer("1 3")], **MANY_AT_ONCE)
    first, second = (trial.outcome for trial in told.trials[:2])
    assert first is not None
    assert second is not None
    assert (first.solved, first.value) == (False, pytest.approx(1 / 3))
    assert (second.solved, second.value) == (True, pytest.approx(2 / 3))
    assert told.verdict is not None
    assert told.verdict.chosen == 1
    (candidate,) = told.verdict.candidates
    (rung,) = (rung for rung in candidate.rungs if rung.name == "reproduction")
    assert (rung.passed, rung.detail) == (True, "2 of 3 target(s), 0 guard(s), twice")
    assert candidate.tests["written::2"] == "failed"


def test_a_written_test_that_is_no_target_never_makes_a_candidate_unsolved(world: World) -> None:
    """Rollouts do not even run it; the verifier tells how it ends."""
    told = searched(world, [answer("1 2")], statement=STATEMENT)
    assert told.verdict is not None
    assert told.verdict.decision == "patch"
    assert told.verdict.reproduction.written == ("written::1", "written::2", "written::3")
    assert told.verdict.candidates[0].tests["written::3"] == "failed"
    outcome = told.trials[0].outcome
    assert outcome is not None
    assert set(outcome.tests) == {"issue::1", "issue::2"}
    asked = [
        [test for test, _, _ in ast.literal_eval(call.spec.inputs["issue-tests.txt"].decode())]
        for call in world.sandboxes[0].calls
        if "harness.py" in call.spec.inputs and call.state == outcome.state
    ]
    votes = ["written::1", "written::2", "written::3"]
    assert asked == [["issue::1", "issue::2"]] + [["issue::1", "issue::2", *votes]] * 2


@dataclass
class Once:
    """The toy's tests, but a state with "once" in it passes every test of the issue only so many
    times; from then on those of `then`."""

    times: int
    then: bytes = b"keep 0"
    runs: Counter[bytes] = field(default_factory=Counter)

    def __call__(self, files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        text = files["answer.txt"]
        if b"once" in text and "harness.py" in spec.inputs:
            self.runs[text] += 1
            if self.runs[text] > self.times:
                return run({**files, "answer.txt": self.then}, spec)
        return run(files, spec)


@pytest.mark.parametrize(("times", "decision"), [(1, "abstained"), (2, "abstained"), (3, "patch")])
def test_on_the_ladder_the_quorum_must_pass_twice(world: World, times: int, decision: str) -> None:
    told = searched(world, [answer("1 2 once")], script=Once(times), max_depth=1)
    assert told.verdict is not None
    assert told.verdict.decision == decision


def test_two_runs_that_each_reach_the_quorum_by_other_tests_do_not_reach_it(world: World) -> None:
    """The rung stays open, and the tests vote one by one."""
    script = Once(2, then=b"keep 2 3")
    told = searched(world, [answer("1 2 once")], script=script, max_depth=1)
    assert told.verdict is not None
    (candidate,) = told.verdict.candidates
    (rung,) = (rung for rung in candidate.rungs if rung.name == "reproduction")
    assert (rung.passed, rung.detail) == (None, "1 of 3 target(s), 0 guard(s), twice")
    marks = {test: row["0"] for test, row in told.verdict.evidence.pool.results.items()}
    assert list(marks.values()) == ["failed", "passed", "failed"]
    assert told.verdict.confidence < lone_confidence(world)


def lone_confidence(world: World) -> float:
    """In a candidate that passes all of them."""
    told = searched(world, [answer("1 2 3")])
    assert told.verdict is not None
    return told.verdict.confidence


def test_edits_that_pass_none_of_the_written_tests_are_no_candidates(world: World) -> None:
    told = searched(world, [answer("a"), answer("b")], max_depth=1, candidates=3)
    assert told.verdict is not None
    assert told.verdict.decision == "abstained"
    assert told.verdict.candidates == ()


NOTHING = [answer(word) for word in "abcdefg"]


@pytest.mark.parametrize(
    ("ideas", "chosen"),
    [
        ([*NOTHING, answer("h")], None),
        ([answer("1 2 3"), *NOTHING], 0),
        ([*NOTHING, answer("1 2 3")], 7),
        ([answer("1"), answer("1 2 3"), answer("1 x"), answer("1 y"), *NOTHING], 1),
    ],
)
def test_a_failure_that_is_shared_is_no_vote(
    world: World, ideas: Sequence[Changes], chosen: int | None
) -> None:
    told = searched(world, ideas, **MANY_AT_ONCE)
    assert told.verdict is not None
    assert told.verdict.chosen == chosen


def test_where_none_passes_enough_the_reason_says_how_many_the_chosen_one_passes(
    world: World,
) -> None:
    none_needed = Verification(tests=3, threshold=0.0)
    told = searched(world, [*NOTHING, answer("2")], verification=none_needed, **MANY_AT_ONCE)
    assert told.verdict is not None
    assert (told.verdict.decision, told.verdict.chosen) == ("patch", 7)
    assert told.verdict.reason.startswith("it passed 1 of 3 tests that a model wrote, fewer than")
    assert "every rung" not in told.verdict.reason
    assert [c.trial for c in told.verdict.candidates] == [7]


BOTH = Reproduction(targets=("a", "b", "c"), guards=("g",), written=("a", "b", "c", "d"))


@pytest.mark.parametrize(
    ("quorum", "passing", "reached"),
    [
        (2, "abg", True),
        (2, "bcdg", True),
        (2, "adg", False),
        (2, "abc", False),
        (None, "abg", False),
        (None, "abcg", True),
    ],
)
def test_an_issue_is_reached_by_every_guard_and_the_quorum_of_the_targets(
    quorum: int | None, passing: str, reached: bool
) -> None:
    told = replace(BOTH, quorum=quorum)
    assert told.reached(dict.fromkeys(passing, "passed")) == reached


@dataclass
class CountingWriter:
    """Writes nothing, and keeps what it was told."""

    ceiling: Ceiling = Ceiling()
    name: str = "counting"
    cases: list[Case] = field(default_factory=list)

    def write(self, case: Case, number: int) -> Drafts:
        self.cases.append(case)
        return Drafts()

    def revise(self, case: Case, test: ReproductionTest, problem: str) -> Drafts:
        return Drafts()


@dataclass
class Gone(CountingWriter):
    """Cannot be asked."""

    error: ModelError = field(default_factory=lambda: ModelUnreachable("no route"))

    def write(self, case: Case, number: int) -> Drafts:
        raise self.error


@pytest.mark.parametrize("error", [ModelUnreachable("no route"), ModelRefusedKey("no route")])
def test_a_writer_that_is_gone_costs_an_issue_with_tests_of_its_own_no_search(
    world: World, error: ModelError
) -> None:
    told = searched(world, [answer("1 2")], Gone(error=error), statement=STATEMENT)
    assert told.verdict is not None
    assert (told.verdict.decision, told.verdict.reproduction.written) == ("patch", ())
    why = "the model could not be asked: no route"
    assert told.verdict.reproduction.dropped == {f"written::{n}": why for n in (1, 2, 3)}


def test_where_nothing_else_tells_the_search_fails_with_the_cause(world: World) -> None:
    told = searched(world, [answer("1 2")], Gone())
    assert (told.phase, told.cause) == ("failed", "the model cannot be asked: no route")


def test_a_record_that_lacks_the_writers_calls_is_never_taken_for_a_writer_that_is_gone(
    world: World,
) -> None:
    writer = Gone(error=ReplayMismatch("not in the record"))
    told = searched(world, [answer("1 2")], writer, statement=STATEMENT)
    assert (told.phase, told.verdict) == ("failed", None)


def test_an_issue_with_a_workload_has_no_tests_written(world: World) -> None:
    asked, engine = CountingWriter(), world.engine([], statement=STATEMENT)
    assert isinstance(engine.store, MemoryStore)
    record = engine.store.load("s")
    slow = replace(record.issue, workload=Workload(script="x = 1"))
    engine.store.add(replace(record, issue=slow))
    engine.tools = replace(engine.tools, panel=lambda _: Panel(writer=asked))
    engine.prepare("s")
    assert asked.cases == []


def test_the_writer_is_told_how_the_issues_own_tests_fail(world: World) -> None:
    asked = CountingWriter()
    searched(world, [], asked, statement=STATEMENT)
    (case,) = asked.cases
    assert case.trial == -1
    assert len(case.failures) == 2
    assert case.issue.problem_statement == STATEMENT


WRITING = Ceiling(tokens=5_000, usd=0.1)
PAID = WRITING + CEILING


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        (Limits(tokens=PAID.tokens), 1),
        (Limits(tokens=PAID.tokens - 1), 0),
        (Limits(tokens=None, usd=(PAID.usd or 0.0) + 1e-9), 1),
        (Limits(tokens=None, usd=(PAID.usd or 0.0) - 1e-9), 0),
    ],
)
def test_a_model_writes_tests_only_if_a_trial_can_still_be_paid(
    world: World, limits: Limits, asked: int
) -> None:
    writer = CountingWriter(ceiling=WRITING)
    model = ScriptedModel(lambda _: "I cannot say.")
    engine = asking(world, MemoryCallStore(), model, limits=limits, **MANY)
    engine.tools = replace(engine.tools, panel=lambda _: Panel(writer=writer))
    run_in_process(engine, "s", workers=1)
    assert len(writer.cases) == asked
    assert engine.store.load("s").trials


def test_a_writer_without_a_price_cannot_keep_a_limit_in_dollars(world: World) -> None:
    writer = CountingWriter(ceiling=Ceiling(tokens=1, usd=None))
    told = searched(world, [answer("1")], writer, limits=Limits(usd=1.0))
    assert (told.phase, writer.cases) == ("failed", [])
    assert "needs the price of every model" in str(told.cause)


def reply(value: int) -> str:
    return f"```python\nfrom toy import count\nassert count() == {value}\n```"


def asked_of(model: ScriptedModel, calls: object, price: Price | None = PRICE) -> Panel:
    journal = Journal(model, calls, price)  # type: ignore[arg-type]
    return Panel(writer=LlmTestWriter(journal, "m", tests=3))


def written_by_a_model(world: World, calls: MemoryCallStore, **settings: object) -> Engine:
    engine = world.engine([answer("1 2")], statement=PROSE, **{**ONE_AT_ONCE, **settings})  # type: ignore[arg-type]
    panel = asked_of(ScriptedModel([reply(1), "No.", reply(2), reply(3)]), calls)
    engine.tools = replace(engine.tools, panel=lambda _: panel)
    run_in_process(engine, "s", workers=1)
    return engine


def test_what_writing_cost_is_booked_on_the_preparation(world: World) -> None:
    calls = MemoryCallStore()
    told = written_by_a_model(world, calls).store.load("s")
    assert told.preparation is not None
    assert told.preparation.usage.calls == len(calls.records) == 4
    assert {trial for _, trial, _ in calls.records} == {-1}
    paid = sum(r.reply.prompt_tokens + r.reply.completion_tokens for r in calls.records.values())
    assert told.preparation.usage.tokens == paid


@pytest.mark.parametrize("limits", [Limits(), Limits(tokens=100)])
def test_a_replay_writes_what_was_written_and_asks_nobody(world: World, limits: Limits) -> None:
    calls = MemoryCallStore()
    engine = written_by_a_model(world, calls, limits=limits)
    recorded = engine.store.load("s")
    panel = asked_of(ScriptedModel([]), RecordedCalls.of(calls.records.values()))
    again = replaying(replace(engine.tools, panel=lambda _: panel), recorded)
    run_in_process(again, "s", workers=1)
    assert difference(recorded, again.store.load("s")) is None
