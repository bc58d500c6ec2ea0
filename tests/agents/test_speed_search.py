"""Whole searches for an issue about speed: with made-up times, and for real in bubblewrap."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from agents.domain import Issue, Outcome, Verdict
from agents.driver import run_in_process
from agents.engine import Engine
from agents.policy.mutation_policy import MutationPolicy
from agents.policy.protocol import Policy
from agents.policy.scripted_policy import Changes, ScriptedPolicy
from agents.settings import SearchSettings
from agents.store import MemoryStore, SearchRecord
from agents.tools import Tools
from agents.workload import Workload
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.cache import CachingSandbox
from sandbox.protocol import RunResult, RunSpec
from sandbox.states import GitStates
from tests.agents import toy
from tests.agents.toy import World, answer
from tests.needs import needs

SECONDS = {"fast": 0.1, "quick": 0.5, "slow": 3.0}
"""Word in ``answer.txt`` → what the workload takes; without one it takes a second."""


def run(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
    """The toy's tests, and a workload whose time and output are what the file says."""
    if "stopwatch.py" not in spec.inputs:
        return toy.run(files, spec)
    text = files["answer.txt"].decode()
    seconds = next((s for word, s in SECONDS.items() if word in text), 1.0)
    printed = "other" if "wrong" in text else "same"
    report = {"seconds": [seconds], "digests": [printed], "error": "", "shown": printed}
    report["rows"] = [["answer.txt", 1, "f", 1, seconds]] if "--profile" in spec.argv else []
    return RunResult(
        outcome="ok", wall_s=0.5, artefacts={"report.json": json.dumps(report).encode()}
    )


def searched(
    world: World,
    *ideas: Changes,
    statement: str = "It is slow.",
    script: Callable[[Mapping[str, bytes], RunSpec], RunResult] = run,
    **settings: object,
) -> SearchRecord:
    engine = world.engine(ideas, statement=statement, script=script, **{"max_depth": 1} | settings)
    store = engine.store
    assert isinstance(store, MemoryStore)
    record = store.load("s")
    store.add(replace(record, issue=replace(record.issue, workload=Workload(script="pass"))))
    run_in_process(engine, "s")
    return store.load("s")


def outcomes(told: SearchRecord) -> list[Outcome]:
    return [t.outcome for t in told.trials if t.outcome and t.outcome.kind != "exhausted"]


def verdict(told: SearchRecord) -> Verdict:
    assert told.verdict is not None
    return told.verdict


class TestWithMadeUpTimes:
    def test_prose_and_a_workload_are_enough_to_search_and_to_choose(self, world: World) -> None:
        told = searched(world, answer("slow"), answer("fast"))
        assert told.phase == "done"
        chosen = verdict(told).candidates[0]
        assert [(r.name, r.passed) for r in chosen.rungs] == [
            ("applies", True),
            ("builds", None),
            ("reproduction", None),
            ("regression", True),
            ("speed", True),
        ]
        assert chosen.speed is not None
        assert (chosen.speed.ratio, len(chosen.speed.base_s)) == (10.0, 10)
        assert b"+keep fast" in verdict(told).patch

    def test_the_faster_patch_settles_a_tie(self, world: World) -> None:
        told = searched(world, answer("quick"), answer("fast"), width=1)
        assert (verdict(told).chosen, verdict(told).runner_up, verdict(told).tie) == (1, 0, True)

    def test_among_equally_fast_ones_the_smaller_patch_does(self, world: World) -> None:
        longer = {"answer.txt": b"keep\nfast\n"}
        told = searched(world, longer, answer("fast"), width=1)
        assert verdict(told).chosen == 1

    def test_a_patch_that_breaks_a_test_is_not_even_timed(self, world: World) -> None:
        (told,) = outcomes(searched(world, {"answer.txt": b"fast\n"}))
        assert (told.regressions, told.speed, told.value, told.solved) == (
            ("t::keep",),
            None,
            0.0,
            False,
        )

    def test_another_result_is_a_failed_edit(self, world: World) -> None:
        told = searched(world, answer("fast wrong"))
        (outcome,) = outcomes(told)
        assert (outcome.kind, outcome.reason, outcome.state) == ("failed", "changes_result", None)
        assert "prints something else" in outcome.feedback
        assert told.phase == "abstained"

    def test_what_is_no_faster_is_worth_nothing_and_the_reason_names_the_goal(
        self, world: World
    ) -> None:
        told = searched(world, answer("same"), answer("slow"))
        assert [o.value for o in outcomes(told)] == [0.0, 0.0]
        assert "none of 2 edits was 1.2 times as fast" in verdict(told).reason

    def test_code_that_must_work_and_a_workload_must_both_hold(self, world: World) -> None:
        ideas = (answer("fast"), answer("1 2"), answer("1 2 fast"))
        told = searched(world, *ideas, statement=toy.STATEMENT)
        assert [o.solved for o in outcomes(told)] == [False, False, True]
        assert [o.value for o in outcomes(told)] == [0.0, 0.5, 1.0]
        assert verdict(told).chosen == 2

    def test_code_that_works_already_must_go_on_working(self, world: World) -> None:
        statement = "It is slow.\n```python\nx = 1\nassert x\n```\n"

        def guarded(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
            """The issue's test passes while the file has no 3 in it."""
            if "harness.py" not in spec.inputs:
                return run(files, spec)
            status = "failed" if b"3" in files["answer.txt"] else "passed"
            entry = {"id": "issue::1", "status": status, "frames": [], "lines": {}}
            line = json.dumps(entry | {"error": "E", "message": "m"}).encode()
            return RunResult(outcome="ok", artefacts={"report.jsonl": line})

        ideas = (answer("fast 3"), answer("fast"))
        told = searched(world, *ideas, statement=statement, script=guarded)
        assert [(o.value, o.solved) for o in outcomes(told)] == [(0.0, False), (1.0, True)]
        rungs = {rung.name: rung.passed for rung in verdict(told).candidates[0].rungs}
        assert rungs["reproduction"] is True

    def test_luck_in_the_search_is_found_out_on_the_ladder(self, world: World) -> None:
        timings = 0

        def lucky(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
            """The edit is fast for as many runs as the search takes, and never again."""
            nonlocal timings
            if "stopwatch.py" in spec.inputs and b"luck" in files["answer.txt"]:
                timings += 1
                word = b"fast" if timings <= 6 else b"same"
                return run({"answer.txt": word}, spec)
            return run(files, spec)

        told = searched(world, answer("luck"), script=lucky)
        assert outcomes(told)[0].solved
        assert (told.phase, verdict(told).candidates[0].rungs[-1].passed) == ("abstained", False)

    def test_a_workload_that_does_not_run_fails_the_search_with_what_it_printed(
        self, world: World
    ) -> None:
        def broken(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
            report = {"seconds": [], "digests": ["d"], "error": "KeyError: 'x'", "shown": "so far"}
            whole = json.dumps(report | {"rows": []}).encode()
            return RunResult(outcome="ok", artefacts={"report.json": whole})

        told = searched(world, answer("fast"), script=broken)
        assert told.phase == "failed"
        assert "does not run on the base commit: KeyError: 'x'" in str(told.cause)
        assert "so far" in str(told.cause)


SLOW = """\
def common(left, right):
    found = []
    for item in left:
        if item in right:
            found.append(item)
    return found
"""
FILES = {
    "sets.py": SLOW,
    "test_sets.py": "import sets\n\ndef test_it():\n    assert sets.common([1, 2], [2]) == [2]\n",
}
FAST = SLOW.replace("    found = []\n", "    found = []\n    right = set(right)\n")
BROKEN = "def common(left, right):\n    return list(set(left) & set(right))[:0]\n"
WORKLOAD = Workload(
    script="from sets import common\nprint(common(list(range(1500)), list(range(1490, 3000))))\n",
    goal=5.0,
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    needs("bubblewrap")
    folder = tmp_path / "repository"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm base"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    sandbox = BubblewrapSandbox(GitStates(tmp_path / "states"), tmp_path / "cache")

    def made(policy: Policy) -> Engine:
        store = MemoryStore()
        issue = Issue(
            repo="r", base_commit="HEAD", problem_statement="common is slow", workload=WORKLOAD
        )
        store.add(SearchRecord(id="s", issue=issue, settings=SearchSettings(max_depth=1)))
        tools = Tools(
            sandbox=CachingSandbox(sandbox),
            fresh_sandbox=sandbox,
            repository=lambda _: folder,
            policy=lambda _: policy,
        )
        return Engine(store, tools)

    yield made
    sandbox.close()


def test_quadratic_code_is_made_linear_for_real(engine: Callable[..., Engine]) -> None:
    ideas = [{"sets.py": text.encode()} for text in (SLOW + "# the same\n", BROKEN, FAST)]
    search = engine(ScriptedPolicy(ideas))
    run_in_process(search, "s")
    told = search.store.load("s")
    assert told.preparation is not None
    assert told.preparation.slowness is not None
    assert told.preparation.slowness.hot[0].name == "common"
    assert told.preparation.localisation.lines["sets.py"][4] == 1.0
    assert [o.solved for o in outcomes(told)] == [False, False, True]
    assert outcomes(told)[1].regressions == ("test_sets.py::test_it",)
    chosen = verdict(told).candidates[0]
    assert chosen.speed is not None
    assert chosen.speed.low > 1.0
    assert b"+    right = set(right)" in verdict(told).patch


def test_no_model_is_needed_for_a_list_that_is_searched_in_a_loop(
    engine: Callable[..., Engine],
) -> None:
    search = engine(MutationPolicy())
    run_in_process(search, "s")
    told = search.store.load("s")
    assert {o.origin for o in outcomes(told) if o.solved} == {"mutation:members"}
    assert b"+    right_set = set(right)" in verdict(told).patch
