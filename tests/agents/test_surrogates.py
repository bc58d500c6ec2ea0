"""A surrogate orders and, where tests are independent of each other, decides nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.domain import Ceiling
from agents.driver import run_in_process
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.scripted import Line, ScriptedModel
from agents.store import SearchRecord
from agents.surrogate.history import History
from agents.surrogate.llm_surrogate import LlmSurrogate
from agents.surrogate.protocol import FREE, Guess, NoSurrogate, Question, Surrogate
from sandbox.protocol import RunResult, RunSpec
from tests.agents.toy import World, issue_lines

TESTS = tuple(f"t::{word}" for word in ("keep", "hold", "save", "mind"))
BASE = "keep hold save mind"
IDEAS = [
    {"answer.txt": f"{text}\n".encode()}
    for text in (
        f"1 {BASE}",
        "1 2 keep hold",
        "1 2 hold save mind",
        "1 2 keep save mind",
        f"1 2 {BASE}",
        "1 2 mind",
    )
]


def run(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
    """A test passes while its word is there. On the base all do, but ``t::gone``."""
    text = files["answer.txt"].decode()
    text = text if text != "keep 0\n" else f"{BASE} 0"
    if "harness.py" in spec.inputs:
        report, name = issue_lines(text, spec), "report.jsonl"
    else:
        report, name = list(suite(text, spec)), "tests.jsonl"
    lines = "\n".join(map(json.dumps, report)).encode()
    return RunResult(outcome="ok", exit_code=0, wall_s=0.5, artefacts={name: lines})


def suite(text: str, spec: RunSpec) -> list[dict[str, object]]:
    only = json.loads(spec.inputs.get("budwood_only.json", json.dumps([*TESTS, "t::gone"])))
    most = next(int(a.split("=")[1]) for a in spec.argv if a.startswith("--maxfail="))
    lines: list[dict[str, object]] = []
    for test in only:
        passed = test.split("::")[1] in text
        lines.append({"id": test, "status": "passed" if passed else "failed"})
        if most and sum(line["status"] == "failed" for line in lines) >= most:
            break
    return lines


@dataclass(frozen=True)
class Fixed:
    """Names the same tests whatever it is asked."""

    broken: tuple[str, ...]
    name: str = "fixed"
    ceiling: Ceiling = FREE

    def guess(self, question: Question) -> Guess:
        return Guess(passes=dict.fromkeys(self.broken, False))


def searched(world: World, surrogate: Surrogate) -> tuple[SearchRecord, int]:
    """The search, and how many runs of the repository's tests it took."""
    search = world.engine(IDEAS, script=run, width=1, max_depth=1)
    search.tools = replace(search.tools, surrogate=lambda _: surrogate)
    run_in_process(search, "s", workers=1)
    calls = world.sandboxes[-1].calls
    return search.store.load("s"), sum("pytest" in call.spec.argv for call in calls)


def judged(record: SearchRecord) -> list[object]:
    assert record.verdict is not None
    trials = [
        (t.node, o.kind, o.state, o.value, o.solved) for t in record.trials if (o := t.outcome)
    ]
    return [*trials, record.verdict.decision, record.verdict.patch]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from([*TESTS, "t::gone", "t::nowhere"]), unique=True))
def test_kind_state_value_and_solved_are_the_same_in_every_order(
    world: World, broken: list[str]
) -> None:
    plain, _ = searched(world, NoSurrogate())
    guided, _ = searched(world, Fixed(tuple(broken)))
    assert judged(guided) == judged(plain)


def test_which_regression_is_named_follows_the_order(world: World) -> None:
    named = []
    for surrogate in (NoSurrogate(), Fixed(("t::mind",))):
        record, _ = searched(world, surrogate)
        (few,) = [o for t in record.trials if (o := t.outcome) and b"+1 2 keep hold\n" in o.patch]
        named.append(few.regressions)
    assert named == [("t::mind", "t::save"), ("t::mind",)]


def test_and_something_comes_of_them(world: World) -> None:
    plain, _ = searched(world, NoSurrogate())
    values = [t.outcome.value for t in plain.trials if t.outcome and t.outcome.summary]
    assert values == [0.5, 0.5, 0.5, 0.5, 1.0, 0.5]
    assert plain.phase == "done"


def test_without_a_surrogate_no_test_is_run_ahead(world: World) -> None:
    _, runs = searched(world, NoSurrogate())
    guided, more = searched(world, Fixed(("t::keep",)))
    # Two for the baseline, one a green edit, one to verify. Ahead: one on the base and one on the
    # edit (this sandbox remembers nothing); two edits are convicted and spare the whole suite.
    assert (runs, more) == (2 + 5 + 1, 2 + 5 + 1 + 5 + 5 - 2)
    assert guided.verdict is not None
    assert (guided.verdict.guesses_checked, guided.verdict.guesses_right) == (5, 2)


def test_a_test_that_does_not_pass_on_the_base_is_never_run_ahead(world: World) -> None:
    _, runs = searched(world, NoSurrogate())
    _, more = searched(world, Fixed(("t::gone", "t::nowhere")))
    assert runs == more


def test_history_learns_which_test_breaks(world: World) -> None:
    told, _ = searched(world, History())
    guesses = [dict(t.outcome.guesses) for t in told.trials if t.outcome and t.outcome.summary]
    assert guesses[:3] == [{}, {}, {"t::mind": False}]


@pytest.mark.parametrize(("reply", "right"), [("issue: pass; broken: none", 5), ("what?", 0)])
def test_a_model_is_asked_once_an_edit_and_its_guess_is_stored_with_the_truth(
    world: World, reply: str, right: int
) -> None:
    store = MemoryCallStore()
    journal = Journal(ScriptedModel([Line(text=reply, repeat=True)]), store)
    told, _ = searched(world, LlmSurrogate(journal, "m"))
    assert len(store.records) == len(IDEAS)
    known = [o for t in told.trials if (o := t.outcome) and "issue" in o.guesses]
    assert sum(o.guesses["issue"] == o.facts["issue"] for o in known) == right
    assert told.verdict is not None
    assert (told.verdict.guesses_checked > 0) == bool(right)
    assert told.verdict.usage.calls == len(IDEAS)
    assert judged(told) == judged(searched(world, NoSurrogate())[0])
