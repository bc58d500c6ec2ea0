"""What becomes of tests that a model wrote, over runs that are said beforehand."""

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import pytest

from agents.domain import Issue, Reproduction, Usage
from agents.errors import ModelUnreachable
from agents.llm.caller import PREPARING
from agents.verify.bench import Bench
from agents.verify.extract import ReproductionTest, as_json, extract
from agents.verify.panel import Case, Drafts
from agents.verify.reproduction import Reproduced, reproduce
from agents.verify.scripted import ONE_CALL, ScriptedWriter
from agents.verify.written import Ground, is_stated, write_tests
from sandbox.memory import MemorySandbox
from sandbox.protocol import EnvironmentId, RunResult, RunSpec, StateId
from tests.agents.toy import World

PROSE = "price('FREE') is wrong: it should be 0, and it never mentions LookupError otherwise."


@dataclass(frozen=True)
class Error:
    name: str
    frames: tuple[tuple[str, int], ...] = ()


CLAIM = Error("AssertionError")
INSIDE = (("shop.py", 2),)
End = Error | Literal["passed", "hangs"]


def code(value: object) -> str:
    return f"from shop import price\nassert price('FREE') == {value}\n"


def drafts(*sources: str) -> tuple[ReproductionTest, ...]:
    return tuple(ReproductionTest(f"draft {n}", source) for n, source in enumerate(sources))


@dataclass
class Runs:
    """How tests end, by their source: one after the other, the last for ever. What is not named
    fails by its own assert."""

    ends: Mapping[str, Sequence[End]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def __call__(self, files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        lines: list[dict[str, object]] = []
        for test, source, _ in ast.literal_eval(spec.inputs["issue-tests.txt"].decode()):
            end = self.end_of(source)
            if end == "hangs":
                return self.result("timeout", lines)
            lines.append({"id": test, "status": "passed", "lines": {"shop.py": [2]}})
            if isinstance(end, Error):
                lines[-1] |= {"status": "failed", "error": end.name, "frames": end.frames}
                lines[-1] |= {"message": f"{end.name}: so"}
        return self.result("ok", lines)

    def end_of(self, source: str) -> End:
        ends: Sequence[End] = self.ends.get(source, [CLAIM])
        turn = self.seen.get(source, 0)
        self.seen[source] = turn + 1
        return ends[min(turn, len(ends) - 1)]

    def result(self, outcome: str, lines: Sequence[Mapping[str, object]]) -> RunResult:
        report = "\n".join(json.dumps(line) for line in lines).encode()
        return RunResult(
            outcome=outcome,  # type: ignore[arg-type]
            exit_code=0,
            wall_s=0.5,
            artefacts={"report.jsonl": report},
        )


@dataclass
class Scene:
    world: World
    statement: str = PROSE
    touches: bool = True
    modules: frozenset[str] = frozenset({"shop"})
    runs: Runs = field(default_factory=Runs)

    def written(self, writer: ScriptedWriter, number: int = 9) -> Reproduced:
        sandbox = MemorySandbox(self.runs)
        self.world.sandboxes.append(sandbox)
        state, _ = sandbox.states.import_commit(self.world.repository, "HEAD")
        base = StateId(state)
        bench = Bench(
            sandbox=sandbox, environment=EnvironmentId("e"), base=base, python_path=(".",)
        )
        ground = Ground(
            bench=bench,
            base=base,
            modules=self.modules,
            touches=lambda lines, frames: self.touches,
            wall_s=lambda: 1.0,
        )
        issue = Issue(repo="r", base_commit="c", problem_statement=self.statement)
        known = reproduce(bench, base, self.statement, wall_s=1.0)
        case = Case(search="s", trial=PREPARING, issue=issue)
        return write_tests(ground, case, writer, number, known)

    def reproduction(self, *sources: str, **revised: str) -> Reproduction:
        """Of tests with these sources; `revised`: the n-th → its source the second time."""
        again = {
            f"written::{key[1:]}": ReproductionTest("again", source)
            for key, source in revised.items()
        }
        writer = ScriptedWriter(tests=drafts(*sources), revised=again)
        return self.written(writer, len(sources)).reproduction


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def test_without_targets_of_the_issue_the_written_tests_are_them_and_most_must_pass(
    scene: Scene,
) -> None:
    told = scene.reproduction(code(0), code("int(0)"), code("int()"))
    assert told.written == told.targets == ("written::1", "written::2", "written::3")
    assert told.quorum == 2
    assert told.failures["written::1"].startswith("AssertionError: so")
    assert told.skipped_reason is None
    assert told.seconds == 0.5
    assert [test["id"] for test in json.loads(told.script)] == list(told.written)


def test_beside_targets_of_the_issue_they_only_vote(scene: Scene) -> None:
    scene.statement = "Wrong.\n```python\nfrom shop import price\nassert price('FREE') == 0\n```\n"
    told = scene.reproduction(code("int(0)"))
    assert told.targets == ("issue::1",)
    assert told.written == ("written::1",)
    assert told.quorum is None
    assert [test["id"] for test in json.loads(told.script)] == ["issue::1", "written::1"]


def test_tests_that_pass_on_the_base_do_not_vote(scene: Scene) -> None:
    scene.runs = Runs({code(1): ["passed"]})
    told = scene.reproduction(code(1), code(0))
    assert told.written == ("written::2",)
    assert "passes on the code as it is" in told.dropped["written::1"]
    assert code(1) not in told.script


def test_the_baseline_is_not_taken_once_and_then_applied_to_new_tests(scene: Scene) -> None:
    """What fails in the first run and passes in the second is unstable, and so is what ends
    otherwise behind other tests."""
    scene.runs = Runs(
        {
            code(1): [CLAIM, "passed"],
            code(2): [CLAIM, CLAIM, "passed"],
            code(3): [CLAIM, CLAIM, CLAIM, "passed"],
            code(4): [CLAIM, Error("ValueError", INSIDE)],
        }
    )
    told = scene.reproduction(code(1), code(2), code(3), code(4), code(0))
    assert told.written == ("written::5",)
    assert all("unstable" in told.dropped[f"written::{n}"] for n in (1, 2, 3, 4))
    assert scene.runs.seen[code(0)] == 4


def test_a_written_test_that_is_torn_out_of_context_does_not_vote(scene: Scene) -> None:
    scene.runs = Runs(
        {
            code(1): [Error("NameError", INSIDE)],
            code(2): [Error("TypeError")],
            code(3): [Error("ImportError")],
        }
    )
    told = scene.reproduction(code(1), code(2), code(3))
    assert told.targets == told.written == ()
    assert told.quorum is None
    assert all("fault of its own" in reason for reason in told.dropped.values())
    assert "no test that a model wrote" in str(told.skipped_reason)


@pytest.mark.parametrize(
    ("error", "frames", "stated"),
    [
        ("AssertionError", [], True),
        ("Failed", [], True),
        ("LookupError", [], True),
        ("KeyError", [], False),
        ("KeyError", [("shop.py", 2)], True),
        ("ModuleNotFoundError", [("shop.py", 2)], False),
        ("", [], False),
    ],
)
def test_the_reason_is_stated_where_the_test_claims_the_issue_names_or_the_code_raises(
    error: str, frames: list[tuple[str, int]], stated: bool
) -> None:
    assert is_stated(error, frames, PROSE) == stated


def test_what_the_issue_names_may_even_be_a_missing_name() -> None:
    assert is_stated("NameError", [], "it raises NameError")


def test_a_test_that_cannot_be_used_is_revised_once_and_told_why(scene: Scene) -> None:
    scene.runs = Runs({code(1): ["passed"], code(2): ["passed"], code(3): [Error("NameError")]})
    told = scene.reproduction(code(1), code(2), n1=code(0), n2=code(3))
    assert told.written == ("written::1",)
    assert code(0).strip() in json.loads(told.script)[0]["source"]
    assert "fault of its own" in told.dropped["written::2"]


def test_revising_ends_after_one_try(scene: Scene) -> None:
    scene.runs = Runs({code(1): ["passed"], code(2): ["passed"]})
    writer = ScriptedWriter(
        tests=drafts(code(1)), revised={"written::1": ReproductionTest("again", code(2))}
    )
    got = scene.written(writer, 1)
    assert got.usage.calls == 2
    assert got.reproduction.written == ()


@dataclass(frozen=True, kw_only=True)
class Leaves(ScriptedWriter):
    """Answers once, then nobody does."""

    def revise(self, case: Case, test: ReproductionTest, problem: str) -> Drafts:
        raise ModelUnreachable("nobody at that address")


OWN = "Broken.\n```python\nx = 1\nassert x == 2\n```\n"


def test_a_model_that_is_gone_when_a_test_is_to_be_revised_takes_no_other_with_it(
    scene: Scene,
) -> None:
    scene.statement = OWN
    scene.runs = Runs({code(1): ["passed"]})
    got = scene.written(Leaves(tests=drafts(code(1), code(0))), 2)
    assert got.reproduction.written == ("written::2",)
    assert list(got.reproduction.dropped) == ["written::1"]
    assert "it passes on the code as it is" in got.reproduction.dropped["written::1"]
    assert "nobody at that address" in got.reproduction.dropped["written::1"]
    assert got.usage.calls == 1


def test_where_the_issue_has_no_test_of_its_own_it_must_be_there(scene: Scene) -> None:
    scene.runs = Runs({code(1): ["passed"]})
    with pytest.raises(ModelUnreachable):
        scene.written(Leaves(tests=drafts(code(1))), 1)


def test_equal_sources_count_once(scene: Scene) -> None:
    told = scene.reproduction(code(0), f"# again\n{code(0)}", code(1), n3=code(2))
    assert told.written == ("written::1", "written::3")
    assert told.dropped == {"written::2": "it is the same as written::1"}


def test_a_copy_of_the_issues_own_test_adds_nothing(scene: Scene) -> None:
    scene.statement = f"Wrong.\n```python\n{code(0)}```\n"
    assert scene.reproduction(code(0)).dropped == {"written::1": "it is the same as issue::1"}


def test_a_test_against_the_issues_own_example_is_dropped(scene: Scene) -> None:
    scene.statement = "Wrong:\n```python\n>>> price('FREE')\n0\n```\n"
    told = scene.reproduction(code(7), code(0))
    assert told.written == ("written::2",)
    assert "the issue says 0" in told.dropped["written::1"]


def test_an_example_that_shows_the_bug_as_seen_drops_no_test_and_refuses_no_candidate(
    scene: Scene,
) -> None:
    scene.statement = "Wrong:\n```python\n>>> price('FREE')\n7\n```\nIt should be 0."
    (shown,) = extract(scene.statement)
    scene.runs.ends = {shown.source: ["passed"]}
    told = scene.reproduction(code(0))
    assert (told.written, told.targets) == (("written::1",), ("written::1",))
    assert told.guards == ()


def test_other_code_that_passes_on_the_base_must_go_on_passing(scene: Scene) -> None:
    scene.statement = f"It keeps:\n```python\n{code(1)}```\nbut not the rest."
    (kept,) = extract(scene.statement)
    scene.runs.ends = {kept.source: ["passed"]}
    told = scene.reproduction("from shop import price\nassert price('TWO') == 2\n")
    assert (told.targets, told.guards) == (("written::1",), ("issue::1",))


def test_a_test_that_never_runs_what_the_issue_is_about_is_dropped(scene: Scene) -> None:
    scene.touches = False
    told = scene.reproduction(code(0))
    assert told.written == ()
    assert "never runs the code" in told.dropped["written::1"]


def test_a_test_that_imports_nothing_of_the_repository_is_not_even_run(scene: Scene) -> None:
    told = scene.reproduction("import json\nassert json.loads('0') == 1\n", "def broken(:\n")
    assert told.written == ()
    assert all("imports nothing" in reason for reason in told.dropped.values())
    assert scene.runs.seen == {}


@pytest.mark.parametrize(("statement", "kept"), [("It hangs.", 1), ("It is wrong.", 0)])
def test_a_test_without_an_end_counts_only_where_the_issue_speaks_of_it(
    scene: Scene, statement: str, kept: int
) -> None:
    scene.statement, scene.runs = statement, Runs({code(0): ["hangs"]})
    assert len(scene.reproduction(code(0)).written) == kept


def test_one_that_hangs_takes_no_other_with_it(scene: Scene) -> None:
    scene.runs = Runs({code(1): ["hangs"]})
    assert scene.reproduction(code(1), code(0)).written == ("written::2",)


def test_what_could_not_be_read_is_named_and_every_call_is_booked(scene: Scene) -> None:
    got = scene.written(ScriptedWriter(tests=drafts(code(0))), 3)
    assert set(got.reproduction.dropped) == {"written::2", "written::3"}
    assert got.usage.tokens == ONE_CALL.tokens
    assert got.usage.sandbox_runs == 4


def test_nothing_of_use_leaves_what_was_known(scene: Scene) -> None:
    scene.statement = "Wrong.\n```python\nfrom shop import price\nassert price('FREE') == 0\n```\n"
    scene.runs = Runs({code(1): ["passed"]})
    got = scene.written(ScriptedWriter(tests=drafts(code(1))), 1)
    assert got.reproduction.targets == ("issue::1",)
    assert got.reproduction.script == as_json(extract(scene.statement))
    assert got.reproduction.dropped
    assert got.run is not None
    assert got.run.status == {"issue::1": "failed"}
    assert got.usage.calls == 2


def test_who_was_dropped_at_last_is_in_no_run_that_others_are_measured_by(scene: Scene) -> None:
    scene.runs = Runs({code(1): [CLAIM, CLAIM, "passed"]})
    got = scene.written(ScriptedWriter(tests=drafts(code(1), code(0))), 2)
    assert got.run is not None
    assert got.run.status == {"written::2": "failed"}
    assert replace(got.usage, sandbox_s=0, sandbox_runs=0) == ONE_CALL + Usage()
