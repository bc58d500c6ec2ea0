import json

from agents.domain import Reproduction
from agents.verify.bench import Bench, TestRun
from agents.verify.extract import ReproductionTest, as_json
from sandbox.memory import MemorySandbox
from sandbox.protocol import EnvironmentId, RunResult, StateId
from tests.agents.toy import World

TESTS = tuple(ReproductionTest(f"issue::{n}", "pass") for n in (1, 2, 3))


def reproduced(world: World, result: RunResult) -> dict[str, str]:
    sandbox = MemorySandbox(lambda files, spec: result)
    world.sandboxes.append(sandbox)
    state, _ = sandbox.states.import_commit(world.repository, "HEAD")
    bench = Bench(
        sandbox=sandbox, environment=EnvironmentId("e"), base=StateId(state), python_path=(".",)
    )
    run = bench.reproduce(state, Reproduction(script=as_json(TESTS)), wall_s=1.0)
    return dict(run.status)


def passed(*numbers: int) -> dict[str, bytes]:
    lines = [
        json.dumps({"id": f"issue::{n}", "status": "passed", "frames": [], "lines": {}})
        for n in numbers
    ]
    return {"report.jsonl": "\n".join(lines).encode()}


def test_what_hung_is_the_first_without_a_report_and_those_behind_it_are_missing(
    world: World,
) -> None:
    result = RunResult(outcome="timeout", signal=9, artefacts=passed(1))
    assert reproduced(world, result) == {
        "issue::1": "passed",
        "issue::2": "timeout",
        "issue::3": "missing",
    }


def test_a_crash_leaves_what_was_not_reported_missing(world: World) -> None:
    result = RunResult(outcome="failed", exit_code=1, artefacts=passed(1, 2))
    assert reproduced(world, result)["issue::3"] == "missing"


def test_a_report_that_breaks_off_in_a_line_keeps_the_lines_before_it(world: World) -> None:
    report = passed(1)["report.jsonl"] + b'\n{"id": "issue::2", "sta'
    result = RunResult(outcome="failed", signal=9, artefacts={"report.jsonl": report})
    assert reproduced(world, result) == {
        "issue::1": "passed",
        "issue::2": "missing",
        "issue::3": "missing",
    }


def suite(world: World, result: RunResult, only: tuple[str, ...] = ()) -> TestRun:
    sandbox = MemorySandbox(lambda files, spec: result)
    world.sandboxes.append(sandbox)
    state, _ = sandbox.states.import_commit(world.repository, "HEAD")
    bench = Bench(
        sandbox=sandbox, environment=EnvironmentId("e"), base=StateId(state), python_path=("src",)
    )
    run = bench.suite(state, wall_s=1.0, only=only)
    assert sandbox.calls[0].spec.env["PYTHONPATH"] == "/workspace/src:/inputs"
    return run


def test_what_a_suite_never_came_to_has_no_status_and_did_not_pass(world: World) -> None:
    lines = [
        {"collected": ["t::1", "t::2", "t::3"]},
        {"start": "t::1"},
        {"id": "t::1", "status": "failed"},
        {"start": "t::2"},
    ]
    report = "\n".join(map(json.dumps, lines)).encode()
    stopped = RunResult(outcome="failed", artefacts={"tests.jsonl": report})
    run = suite(world, stopped, only=("t::1", "t::3", "t::gone"))
    assert run.status == {"t::1": "failed"}
    assert run.not_passed(["t::1", "t::3", "t::gone"]) == ("t::1", "t::3", "t::gone")
    hung = RunResult(outcome="timeout", artefacts={"tests.jsonl": report})
    assert suite(world, hung).status == {"t::1": "failed", "t::2": "timeout"}
