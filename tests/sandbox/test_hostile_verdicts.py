"""Patches that want to look as if they passed, judged by the real bench and the real ladder."""

from collections.abc import Mapping

import pytest

from agents.domain import Baseline, Outcome, Preparation
from agents.verify.bench import Bench, TestRun
from agents.verify.ladder import Climb, climb
from sandbox.conformance import Subject
from sandbox.protocol import StateId

VALUE, MORE = "test_value.py::test_value", "test_more.py::test_more"
TESTS = {
    "test_value.py": b"from pkg.value import VALUE\ndef test_value(): assert VALUE == 1\n",
    "test_more.py": b"from pkg.value import VALUE\ndef test_more(): assert VALUE > 0\n",
}
WRONG = {"pkg/value.py": b"VALUE = 2\n"}
FLIP = b"""
import pytest

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
"""


@pytest.fixture(params=["bubblewrap", "docker"])
def bench(request: pytest.FixtureRequest) -> Bench:
    subject: Subject = request.getfixturevalue(request.param)
    base = subject.sandbox.states.fork(subject.base, TESTS)
    return Bench(
        sandbox=subject.sandbox, environment=subject.environment, base=base, python_path=(".",)
    )


def suite(bench: Bench, changes: Mapping[str, bytes | None]) -> TestRun:
    state = bench.sandbox.states.fork(bench.base, changes)
    return bench.suite(state, wall_s=30.0)


def judged(bench: Bench, changes: Mapping[str, bytes | None]) -> Climb:
    states = bench.sandbox.states
    state: StateId = states.fork(bench.base, changes)
    preparation = Preparation(
        base=bench.base,
        commit="c",
        environment=bench.environment,
        baseline=Baseline(passing=(MORE, VALUE), seconds=1.0),
    )
    patch = states.diff(bench.base, state)
    return climb(
        bench,
        preparation,
        Outcome(trial=0, kind="expanded", state=state, patch=patch),
        slack=3.0,
    )


def refused_at(bench: Bench, changes: Mapping[str, bytes | None]) -> str | None:
    return next((rung.name for rung in judged(bench, changes).rungs if rung.passed is False), None)


def test_an_exit_of_zero_is_no_pass(bench: Bench) -> None:
    quits = {"pkg/value.py": b"VALUE = 1\nimport os\nos._exit(0)\n"}
    run = suite(bench, quits)
    assert run.result.outcome == "ok"
    assert run.not_passed([MORE, VALUE]) == (MORE, VALUE)
    assert refused_at(bench, quits) == "regression"


def test_an_exit_at_the_end_of_the_process_hides_no_failure(bench: Bench) -> None:
    late = {"pkg/value.py": b"VALUE = 2\nimport atexit, os\natexit.register(os._exit, 0)\n"}
    run = suite(bench, late)
    assert run.result.outcome == "ok"
    assert run.not_passed([MORE, VALUE]) == (VALUE,)


def test_what_skips_itself_did_not_pass(bench: Bench) -> None:
    skips = {"pkg/value.py": b"import pytest\npytest.skip('no', allow_module_level=True)\n"}
    assert suite(bench, skips).not_passed([MORE, VALUE]) == (MORE, VALUE)
    assert refused_at(bench, skips) == "regression"


def test_a_deleted_test_did_not_pass(bench: Bench) -> None:
    assert suite(bench, {"test_more.py": None}).not_passed([MORE, VALUE]) == (MORE,)
    assert refused_at(bench, {"test_more.py": None}) == "applies"


def test_a_hook_that_flips_outcomes_flips_none_and_does_not_stay_in_the_patch(bench: Bench) -> None:
    flipped = {**WRONG, "conftest.py": FLIP}
    assert suite(bench, flipped).not_passed([VALUE]) == (VALUE,)
    told = judged(bench, flipped)
    assert b"conftest.py" not in told.patch
    assert refused_at(bench, flipped) == "regression"
    assert refused_at(bench, {"conftest.py": FLIP}) == "applies"


def test_settings_of_pytest_load_no_plugin_and_hide_no_test(bench: Bench) -> None:
    settings = {
        **WRONG,
        "evil.py": FLIP,
        "pytest.ini": b"[pytest]\naddopts = -p evil --junitxml=/outputs/tests.jsonl\n",
        "setup.cfg": b"[tool:pytest]\naddopts = -p evil\n",
    }
    assert suite(bench, settings).not_passed([MORE, VALUE]) == (VALUE,)
    hidden = {**WRONG, "pytest.ini": b"[pytest]\npython_functions = nothing\n"}
    assert suite(bench, hidden).not_passed([MORE, VALUE]) == (MORE, VALUE)


def test_an_edit_of_the_same_size_in_the_same_second_is_what_ran(bench: Bench) -> None:
    for digit in b"2121":
        run = suite(bench, {"pkg/value.py": b"VALUE = %c\n" % digit})
        assert run.status[VALUE] == ("passed" if digit == ord("1") else "failed")
