"""What reported lines mean, without a sandbox."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.protocol import RunOutcome, RunResult
from sandbox.testruns import (
    CommandRunner,
    DjangoRunner,
    PytestRunner,
    TestReport,
    TestRunner,
    UnittestRunner,
    merge,
)
from sandbox.testruns.report import STATUSES

REPORTERS = [PytestRunner(), UnittestRunner(), DjangoRunner()]
RUNNERS: list[TestRunner] = [*REPORTERS, CommandRunner(argv=("make",), parser="pytest")]
OUTCOMES: list[RunOutcome] = ["ok", "failed", "timeout", "oom", "output_limit", "disk_limit"]


def result(*lines: Any, outcome: RunOutcome = "ok", tail: bytes = b"") -> RunResult:
    text = "".join(json.dumps(line) + "\n" for line in lines).encode() + tail
    return RunResult(outcome=outcome, exit_code=0, artefacts={"tests.jsonl": text})


def read(*lines: Any, only: tuple[str, ...] = (), **more: Any) -> TestReport:
    return PytestRunner().read(result(*lines, **more), only)


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_without_a_report_whatever_was_asked_for_is_missing(
    runner: TestRunner, outcome: RunOutcome
) -> None:
    report = runner.read(RunResult(outcome=outcome, exit_code=0), ["a::b", "c.d.e"])
    assert report.status == {"a::b": "missing", "c.d.e": "missing"}
    assert report.not_passed(["a::b"]) == ("a::b",)


@pytest.mark.parametrize("runner", REPORTERS)
def test_an_end_without_a_goodbye_is_not_finished(runner: TestRunner) -> None:
    assert not runner.read(result({"id": "a", "status": "passed"})).finished
    assert runner.read(result({"id": "a", "status": "passed"}, {"end": True})).finished
    assert not runner.read(result({"end": True}, outcome="oom")).finished
    assert not runner.read(result({"end": 1})).finished


def test_only_what_ran_at_a_timeout_timed_out() -> None:
    lines = (
        {"collected": ["a", "b", "c"]},
        {"start": "a"},
        {"id": "a", "status": "passed"},
        {"start": "b"},
    )
    told = {"a": "passed", "b": "timeout", "c": "missing", "d": "missing"}
    assert read(*lines, only=("d",), outcome="timeout").status == told
    assert read(*lines, outcome="oom").status == {"a": "passed", "b": "missing", "c": "missing"}


def test_a_test_that_is_reported_twice_has_the_worse_status() -> None:
    lines = [{"id": "a", "status": status} for status in ("passed", "failed", "passed")]
    assert read(*lines).status == {"a": "failed"}


def test_a_broken_last_line_costs_itself_only() -> None:
    report = read({"id": "a", "status": "passed"}, tail=b'{"id": "b", "status": "pas')
    assert report.status == {"a": "passed"}


def test_lines_of_another_shape_are_passed_over() -> None:
    lines = (
        5,
        None,
        [],
        "passed",
        {"id": 1, "status": "passed"},
        {"id": "x", "status": "splendid"},
        {"id": "x", "status": ["passed"]},
        {"id": "x"},
        {"collected": "abc"},
        {"collected": [1, None]},
        {"start": {}},
    )
    assert read(*lines, tail=b"\xff\xfe\n" + b"[" * 100_000 + b"\n" + b"9" * 10_000).status == {}


def test_details_of_another_shape_or_size_are_left_out_or_cut() -> None:
    bad = {"id": "a", "status": "failed", "message": "m" * 10**6, "error": 3, "duration": "x"}
    bad["frames"] = [["a.py", 1], ["a.py"], "a.py", ["a.py", "1"], *[["b.py", 2]] * 1000]
    report = read(bad, {"id": "b", "status": "passed", "message": "said in passing"})
    assert len(report.failures["a"]) == 4000
    assert report.failures.keys() == {"a"}
    assert (report.errors, report.durations) == ({}, {})
    assert report.frames["a"][0] == ("a.py", 1)
    assert len(report.frames["a"]) < 100


def test_parts_make_a_whole_in_which_any_report_counts() -> None:
    one = TestReport(status={"a": "passed", "b": "missing"}, finished=True)
    two = TestReport(
        status={"a": "missing", "b": "failed", "c": "missing"},
        failures={"b": "so"},
        passing_lines={"x.py": {1: 2}},
        finished=True,
    )
    whole = merge([one, two, TestReport(passing_lines={"x.py": {1: 1, 2: 1}}, finished=True)])
    assert whole.status == {"a": "passed", "b": "failed", "c": "missing"}
    assert whole.failures == {"b": "so"}
    assert whole.passing_lines == {"x.py": {1: 3, 2: 1}}
    assert whole.finished
    assert not merge([one, TestReport()]).finished
    assert not merge([]).finished


KEYS = st.sampled_from(["id", "status", "start", "collected", "end", "frames", "duration", "error"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=10,
)


@given(
    st.lists(st.dictionaries(KEYS, json_values | st.sampled_from(sorted(STATUSES)))),
    st.sampled_from(REPORTERS),
    st.sampled_from(OUTCOMES),
)
def test_any_report_can_be_read_and_passes_only_what_it_says_passed(
    lines: list[dict[str, Any]], runner: TestRunner, outcome: RunOutcome
) -> None:
    report = runner.read(result(*lines, outcome=outcome), ["asked"])
    said = [line.get("id") for line in lines if line.get("status") == "passed"]
    assert all(test in said for test, status in report.status.items() if status == "passed")
    assert set(report.status.values()) <= STATUSES
    assert "asked" in report.status
