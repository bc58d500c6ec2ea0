"""Forked runs are used where they say the same as cold ones, and nowhere else."""

import json
from collections.abc import Mapping

import pytest

from agents.verify.baseline import MeasuredBaseline, measure_baseline
from agents.verify.bench import Bench
from agents.verify.warm import FORK_SERVER
from sandbox.memory import MemorySandbox
from sandbox.protocol import EnvironmentId, RunResult, RunSpec
from tests.agents.toy import World


def reported(forked: Mapping[str, str], *, declined: bool = False, flaky: bool = False) -> object:
    """A suite of two tests; `forked` is what it says where modules are preloaded."""
    runs = iter(range(99))

    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        cold = {"t::one": "passed", "t::two": "failed"}
        if flaky and next(runs) % 2:
            cold["t::two"] = "passed"
        told = cold | (forked if spec.preload else {})
        lines = [{"collected": sorted(told)}]
        lines += [{"id": test, "status": status} for test, status in told.items()]
        artefacts = {
            "tests.jsonl": "\n".join(map(json.dumps, lines)).encode(),
            "modules.json": b'["json", "decimal"]',
        }
        hinted = bool(spec.preload) and not declined
        return RunResult(outcome="failed", exit_code=1, artefacts=artefacts, forked=hinted)

    return script


def measured(world: World, script: object, *features: str) -> tuple[MeasuredBaseline, int]:
    sandbox = MemorySandbox(script, features=features)  # type: ignore[arg-type]
    world.sandboxes.append(sandbox)
    state, _ = sandbox.states.import_commit(world.repository, "HEAD")
    bench = Bench(sandbox=sandbox, environment=EnvironmentId("e"), base=state, python_path=())
    return measure_baseline(bench, state, wall_s=1.0), len(sandbox.calls)


def test_equal_verdicts_let_modules_be_preloaded(world: World) -> None:
    found, runs = measured(world, reported({}), FORK_SERVER)
    assert found.preload == ("decimal", "json")
    assert (runs, found.usage.sandbox_runs) == (3, 3)


@pytest.mark.parametrize(
    "forked", [{"t::one": "failed"}, {"t::two": "passed"}, {"t::three": "passed"}]
)
def test_one_different_verdict_keeps_every_run_cold(world: World, forked: dict[str, str]) -> None:
    found, _ = measured(world, reported(forked), FORK_SERVER)
    assert found.preload == ()


def test_a_declined_fork_keeps_every_run_cold(world: World) -> None:
    found, _ = measured(world, reported({}, declined=True), FORK_SERVER)
    assert found.preload == ()


def test_a_flaky_test_proves_nothing_against_it(world: World) -> None:
    found, _ = measured(world, reported({"t::two": "error"}, flaky=True), FORK_SERVER)
    assert "t::two" in found.baseline.flaky
    assert found.preload == ("decimal", "json")


def test_without_a_fork_server_nothing_is_run_for_it(world: World) -> None:
    found, runs = measured(world, reported({}))
    assert found.preload == ()
    assert runs == 2
