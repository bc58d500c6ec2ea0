"""The fake answers from a script and remembers what it was asked."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox.errors import EnvironmentBuildFailed
from sandbox.memory import MemorySandbox
from sandbox.protocol import EnvironmentSpec, Output, RunResult, RunSpec


def test_a_script_sees_the_files_of_the_state(repository: Path) -> None:
    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        return RunResult(outcome="ok", stdout=Output(files[spec.argv[1]]))

    sandbox = MemorySandbox(script)
    base, _ = sandbox.states.import_commit(repository, "HEAD")
    state = sandbox.states.fork(base, {"pkg/value.py": b"VALUE = 9\n"})
    environment = sandbox.prepare(EnvironmentSpec())
    result = sandbox.run(environment, base, state, RunSpec(argv=("cat", "pkg/value.py")))
    assert result.stdout.text == "VALUE = 9\n"
    assert [(call.base, call.state) for call in sandbox.calls] == [(base, state)]
    sandbox.close()
    sandbox.close()


def test_without_a_script_every_run_succeeds(repository: Path) -> None:
    sandbox = MemorySandbox()
    base, _ = sandbox.states.import_commit(repository, "HEAD")
    environment = sandbox.prepare(EnvironmentSpec(("b", "a")))
    assert environment == sandbox.prepare(EnvironmentSpec(("a", "b")))
    assert sandbox.run(environment, base, base, RunSpec(argv=("x",))).outcome == "ok"
    sandbox.close()


def test_it_has_no_images() -> None:
    sandbox = MemorySandbox()
    with pytest.raises(EnvironmentBuildFailed):
        sandbox.prepare(EnvironmentSpec(image="python:3"))
    sandbox.close()
