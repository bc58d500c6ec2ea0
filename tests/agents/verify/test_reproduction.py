from collections.abc import Mapping

from agents.domain import TestStatus, Usage
from agents.verify.baseline import compare_runs
from agents.verify.bench import TestRun
from agents.verify.reproduction import sort_out
from sandbox.protocol import RunResult


def run(status: Mapping[str, TestStatus], errors: Mapping[str, str] | None = None) -> TestRun:
    errors = errors or {}
    return TestRun(
        status=status,
        errors=errors,
        failures={test: f"{error}: so" for test, error in errors.items()},
        result=RunResult(outcome="failed", exit_code=1),
        usage=Usage(),
    )


def test_what_fails_twice_is_a_target_and_what_passes_twice_is_a_guard() -> None:
    twice = run({"issue::1": "failed", "issue::2": "passed"}, {"issue::1": "AssertionError"})
    told = sort_out("[]", twice, twice, "text")
    assert (told.targets, told.guards) == (("issue::1",), ("issue::2",))
    assert told.failures == {"issue::1": "AssertionError: so"}


BUG_AS_SEEN = """Wrong:
```
>>> area(2)
8
>>> area(0)
0
```
It should be:
```
assert area(2) == 4
```
"""


def test_an_example_that_the_issues_own_code_denies_is_no_guard() -> None:
    status: dict[str, TestStatus] = {
        "issue::1": "passed", "issue::2": "passed", "issue::3": "failed"
    }  # fmt: skip
    twice = run(status, {"issue::3": "AssertionError"})
    told = sort_out("[]", twice, twice, BUG_AS_SEEN)
    assert (told.targets, told.guards) == (("issue::3",), ("issue::2",))


def test_what_is_unstable_never_votes() -> None:
    first = run({"issue::1": "failed"}, {"issue::1": "AssertionError"})
    told = sort_out("[]", first, run({"issue::1": "passed"}), "text")
    assert (told.targets, told.guards) == ((), ())
    assert told.skipped_reason


def test_code_torn_out_of_its_context_does_not_vote() -> None:
    twice = run({"issue::1": "failed"}, {"issue::1": "NameError"})
    told = sort_out("[]", twice, twice, "it prints nothing")
    assert not told.targets
    assert "cannot run by itself" in str(told.skipped_reason)


def test_unless_the_issue_speaks_of_that_very_error() -> None:
    twice = run({"issue::1": "failed"}, {"issue::1": "NameError"})
    assert sort_out("[]", twice, twice, "it raises NameError").targets == ("issue::1",)


def test_a_test_without_a_report_neither_fails_nor_passes() -> None:
    twice = run({"issue::1": "missing"})
    told = sort_out("[]", twice, twice, "text")
    assert (told.targets, told.guards) == ((), ())


def test_an_endless_test_is_a_target() -> None:
    twice = run({"issue::1": "timeout"})
    assert sort_out("[]", twice, twice, "it hangs").targets == ("issue::1",)


def test_code_that_passes_on_the_base_does_not_show_the_problem() -> None:
    twice = run({"issue::1": "passed"})
    assert "does not show the problem" in str(sort_out("[]", twice, twice, "text").skipped_reason)


def test_a_test_counts_in_the_baseline_only_where_both_runs_agree() -> None:
    first = run({"a": "passed", "b": "failed", "c": "passed", "d": "passed", "e": "skipped"})
    second = run({"a": "passed", "b": "failed", "c": "failed", "e": "skipped"})
    told = compare_runs(first, second)
    assert (told.passing, told.failing, told.flaky) == (("a",), ("b",), ("c", "d"))
