from agents.domain import Baseline, Usage
from agents.verify.baseline import MeasuredBaseline
from agents.verify.baseline_store import MemoryBaselines, baseline_key, known_baseline
from agents.verify.bench import Bench
from sandbox.memory import MemorySandbox
from sandbox.protocol import EnvironmentId, RunResult, StateId
from tests.agents.toy import World, run


def bench(sandbox: MemorySandbox, environment: str = "e") -> Bench:
    return Bench(
        sandbox=sandbox, environment=EnvironmentId(environment), base=StateId("b"), python_path=()
    )


def test_a_baseline_is_measured_once_for_a_tree_and_an_environment(world: World) -> None:
    sandbox = MemorySandbox(run)
    world.sandboxes.append(sandbox)
    state, _ = sandbox.states.import_commit(world.repository, "HEAD")
    store = MemoryBaselines()
    first = known_baseline(store, bench(sandbox), state, wall_s=1.0)
    again = known_baseline(store, bench(sandbox), state, wall_s=1.0)
    assert first.baseline == again.baseline
    assert (first.usage.sandbox_runs, again.usage.sandbox_runs) == (2, 0)
    assert first.baseline.passing == ("t::keep",)
    assert len(sandbox.calls) == 2


def test_another_tree_or_environment_has_another_baseline(world: World) -> None:
    sandbox = MemorySandbox(lambda files, spec: RunResult(outcome="ok"))
    world.sandboxes.append(sandbox)
    keys = {
        baseline_key(bench(sandbox, environment), StateId(state))
        for environment in ("e", "f")
        for state in ("1", "2")
    }
    assert len(keys) == 4


def test_a_measured_baseline_is_data() -> None:
    measured = MeasuredBaseline(
        baseline=Baseline(passing=("a",)), passing_lines={"a.py": {1: 2}}, usage=Usage()
    )
    store = MemoryBaselines()
    store.put("k", measured)
    assert store.get("k") == measured
    assert store.get("other") is None
