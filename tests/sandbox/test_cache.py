"""Equal runs are executed once."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event
from typing import Any

import pytest

from sandbox.cache import CachingSandbox, digest
from sandbox.errors import SandboxLost
from sandbox.memory import MemorySandbox, Script
from sandbox.protocol import EnvironmentId, EnvironmentSpec, Output, RunResult, RunSpec, StateId
from sandbox.states import GitStates

SPEC = RunSpec(argv=("python", "-c", "pass"), env={"A": "1"}, inputs={"i": b"1"}, artefacts=("o",))
PLACE = EnvironmentId("e")


@pytest.fixture
def base(states: GitStates, repository: Any) -> StateId:
    return states.import_commit(repository, "HEAD")[0]


def echo(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
    return RunResult(outcome="ok", exit_code=0, stdout=Output(str(sorted(files)).encode() * 9))


def cached(states: GitStates, script: Script = echo, **limits: int) -> CachingSandbox:
    return CachingSandbox(MemorySandbox(script, states), **limits)


def test_equal_states_share_a_run_whatever_they_are_based_on(
    states: GitStates, base: StateId
) -> None:
    sandbox = cached(states)
    state = states.fork(base, {"x": b"y"})
    first = sandbox.run(PLACE, base, state, SPEC)
    assert sandbox.run(PLACE, state, state, SPEC) is first
    assert (sandbox.hits, sandbox.misses) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"argv": ("python",)},
        {"env": {"A": "2"}},
        {"inputs": {"i": b"2"}},
        {"artefacts": ()},
        {"cwd": "pkg"},
        {"stdin": b"x"},
        {"protect": ("tests/*",)},
        {"preload": ("json",)},
        {"wall_s": 1.0},
        {"cpu_s": 1},
        {"memory_mb": 1},
        {"pids": 1},
        {"disk_mb": 1},
        {"output_bytes": 1},
        {"artefact_bytes": 1},
    ],
)
def test_whatever_may_change_a_result_is_in_its_key(change: dict[str, Any]) -> None:
    assert digest(replace(SPEC, **change)) != digest(SPEC) == digest(replace(SPEC))


def test_another_state_or_environment_is_another_run(states: GitStates, base: StateId) -> None:
    sandbox = cached(states)
    sandbox.run(PLACE, base, base, SPEC)
    sandbox.run(EnvironmentId("f"), base, base, SPEC)
    sandbox.run(PLACE, base, states.fork(base, {"x": b"y"}), SPEC)
    assert (sandbox.hits, sandbox.misses) == (0, 3)


def test_a_timeout_is_not_kept(states: GitStates, base: StateId) -> None:
    sandbox = cached(states, lambda _files, _spec: RunResult(outcome="timeout"))
    for _ in range(2):
        assert sandbox.run(PLACE, base, base, SPEC).outcome == "timeout"
    assert sandbox.misses == 2


def test_a_lost_run_is_not_kept(states: GitStates, base: StateId) -> None:
    answers = iter([None, RunResult(outcome="ok")])

    def script(_files: Mapping[str, bytes], _spec: RunSpec) -> RunResult:
        if (answer := next(answers)) is None:
            raise SandboxLost("gone")
        return answer

    sandbox = cached(states, script)
    with pytest.raises(SandboxLost):
        sandbox.run(PLACE, base, base, SPEC)
    assert sandbox.run(PLACE, base, base, SPEC).outcome == "ok"


def test_the_longest_unused_result_is_dropped_first(states: GitStates, base: StateId) -> None:
    sandbox = cached(states, entries=2)
    one, two, three = (replace(SPEC, pids=number) for number in (1, 2, 3))
    for spec in (one, two, one, three):
        sandbox.run(PLACE, base, base, spec)
    assert (sandbox.hits, sandbox.misses) == (1, 3)
    sandbox.run(PLACE, base, base, one)
    assert sandbox.hits == 2
    sandbox.run(PLACE, base, base, two)
    assert sandbox.misses == 4


def test_large_results_are_bounded_by_their_size(states: GitStates, base: StateId) -> None:
    large = RunResult(outcome="ok", artefacts={"o": bytes(700_000)})
    sandbox = cached(states, lambda _files, _spec: large, megabytes=1)
    for number in (1, 2, 1):
        sandbox.run(PLACE, base, base, replace(SPEC, pids=number))
    assert sandbox.misses == 3


def test_concurrent_equal_runs_execute_once(states: GitStates, base: StateId) -> None:
    started, go = Event(), Event()

    def script(_files: Mapping[str, bytes], _spec: RunSpec) -> RunResult:
        started.set()
        assert go.wait(60)
        return RunResult(outcome="ok")

    sandbox = cached(states, script)
    barrier = Barrier(4)

    def follow() -> RunResult:
        barrier.wait(60)
        return sandbox.run(PLACE, base, base, SPEC)

    with ThreadPoolExecutor(4) as pool:
        leader = pool.submit(sandbox.run, PLACE, base, base, SPEC)
        assert started.wait(60)
        followers = [pool.submit(follow) for _ in range(3)]
        barrier.wait(60)
        go.set()
        assert {id(future.result()) for future in (leader, *followers)} == {id(leader.result())}
    assert (sandbox.hits, sandbox.misses) == (3, 1)


def test_everything_else_is_the_inner_sandboxs(states: GitStates) -> None:
    sandbox = cached(states)
    assert sandbox.states is states
    assert sandbox.capabilities().provider == "memory"
    assert sandbox.prepare(EnvironmentSpec()) == sandbox.prepare(EnvironmentSpec())
    sandbox.close()


def test_what_is_protected_depends_on_the_base(states: GitStates, base: StateId) -> None:
    sandbox = cached(states)
    other = states.fork(base, {"x": b"y"})
    for spec, misses in ((SPEC, 1), (replace(SPEC, protect=("x",)), 3)):
        sandbox.run(PLACE, base, other, spec)
        sandbox.run(PLACE, other, other, spec)
        assert sandbox.misses == misses
