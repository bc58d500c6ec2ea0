"""pytest, for real, on bubblewrap."""

import json

import pytest

from sandbox.conformance import Subject
from sandbox.protocol import RunResult
from sandbox.testruns import PytestRunner, TestReport, merge, preloadable
from tests.sandbox.testruns.projects import Place

PYTEST = PytestRunner()

OUTCOMES = {
    "lib.py": """
        def broken():
            raise KeyError("no such thing")
        """,
    "tests/test_outcomes.py": """
        import unittest
        import pytest
        import lib

        def test_pass(): pass
        def test_fail(): assert 1 == 2
        def test_deep(): lib.broken()
        def test_skip(): pytest.skip("not today")
        @pytest.mark.xfail
        def test_xfail(): assert False
        @pytest.mark.xfail
        def test_xpass(): pass
        @pytest.mark.xfail(strict=True)
        def test_strict_xpass(): pass
        @pytest.fixture
        def bad_set_up(): raise OSError("set-up")
        @pytest.fixture
        def bad_tear_down():
            yield
            raise OSError("tear-down")
        def test_set_up(bad_set_up): pass
        def test_tear_down(bad_tear_down): pass
        @pytest.mark.parametrize("x", ["a b", "p/q::r", "[", "é", "new\\nline", "", "'\\"", "-x"])
        def test_odd(x): pass
        class TestClass:
            def test_method(self): pass
        class TestUnit(unittest.TestCase):
            @unittest.expectedFailure
            def test_expected(self): self.fail()
            @unittest.expectedFailure
            def test_unexpected(self): pass
            def test_skipped(self): self.skipTest("so")
        """,
    "tests/test_broken.py": "import nothing_of_that_name\n",
    "tests/test_other.py": "def test_other(): pass\n",
}
FILE = "tests/test_outcomes.py::"


@pytest.fixture(scope="module")
def outcomes(bubblewrap: Subject, tmp_path_factory: pytest.TempPathFactory) -> TestReport:
    return Place(bubblewrap, tmp_path_factory.mktemp("outcomes")).run(OUTCOMES, PYTEST)


def test_every_outcome_of_pytest_has_its_status(outcomes: TestReport) -> None:
    odd = {t for t in outcomes.status if "test_odd" in t}
    told = {t.removeprefix(FILE): s for t, s in outcomes.status.items() if t not in odd}
    assert told == {
        "test_pass": "passed",
        "test_fail": "failed",
        "test_deep": "failed",
        "test_skip": "skipped",
        "test_xfail": "skipped",
        "test_xpass": "skipped",
        "test_strict_xpass": "failed",
        "test_set_up": "error",
        "test_tear_down": "error",
        "TestClass::test_method": "passed",
        "TestUnit::test_expected": "skipped",
        "TestUnit::test_unexpected": "failed",
        "TestUnit::test_skipped": "skipped",
        "tests/test_other.py::test_other": "passed",
    }
    assert len(odd) == 8
    assert {outcomes.status[t] for t in odd} == {"passed"}
    assert outcomes.finished


def test_failures_say_what_was_raised_and_where(outcomes: TestReport) -> None:
    deep = FILE + "test_deep"
    assert outcomes.errors[deep] == "KeyError"
    assert outcomes.failures[deep] == "KeyError: 'no such thing'"
    assert outcomes.frames[deep] == [("tests/test_outcomes.py", 8), ("lib.py", 3)]
    assert "assert 1 == 2" in outcomes.failures[FILE + "test_fail"]
    assert outcomes.errors[FILE + "test_set_up"] == "OSError"
    assert "XPASS(strict)" in outcomes.failures[FILE + "test_strict_xpass"]
    assert not set(outcomes.failures) & {
        FILE + "test_pass",
        FILE + "test_skip",
        FILE + "test_xfail",
    }
    assert all(0 <= seconds < 30 for seconds in outcomes.durations.values())
    assert outcomes.durations.keys() == outcomes.status.keys()


def test_what_cannot_be_collected_is_named(outcomes: TestReport) -> None:
    assert list(outcomes.collection_errors) == ["tests/test_broken.py"]
    assert "nothing_of_that_name" in outcomes.collection_errors["tests/test_broken.py"]


def test_ids_with_odd_characters_are_asked_for_one_by_one(
    place: Place, outcomes: TestReport
) -> None:
    odd = [t for t in outcomes.status if "test_odd" in t]
    asked = [*odd[::2], FILE + "TestClass::test_method"]
    assert place.run(OUTCOMES, PYTEST, asked).status == dict.fromkeys(asked, "passed")


def test_an_id_that_is_gone_is_missing_and_hinders_no_other(place: Place) -> None:
    asked = [
        FILE + "test_pass",
        FILE + "test_gone",
        FILE + "test_odd[gone]",
        "tests/test_gone.py::test_pass",
        "tests/test_broken.py::test_pass",
        "tests/test_broken.py",
    ]
    report = place.run(OUTCOMES, PYTEST, asked)
    assert report.status == dict.fromkeys(asked, "missing") | {
        FILE + "test_pass": "passed",
        "tests/test_broken.py": "error",
    }
    assert report.not_passed(asked) == tuple(asked[1:])


def test_a_file_a_class_or_all_cases_of_a_function_can_be_asked_for(place: Place) -> None:
    asked = ["tests/test_other.py", FILE + "TestClass", FILE + "test_odd"]
    status = place.run(OUTCOMES, PYTEST, asked).status
    assert len(status) == 10
    assert set(status.values()) == {"passed"}


def test_more_ids_than_a_command_line_takes_go_in_by_file(place: Place) -> None:
    many = [FILE + f"test_odd[{'x' * 1000}{n}]" for n in range(200)]
    spec = PYTEST.spec([FILE + "test_pass", *many])
    assert sum(map(len, spec.argv)) < 2000
    report = place.run(OUTCOMES, PYTEST, [FILE + "test_pass", *many])
    assert report.status == {FILE + "test_pass": "passed", **dict.fromkeys(many, "missing")}


def test_shards_hold_every_test_once_and_files_whole(place: Place) -> None:
    files = {
        f"tests/test_{n}.py": """
            import pytest
            @pytest.fixture(scope="module")
            def shared(): return []
            def test_first(shared): shared.append(1)
            def test_second(shared): assert shared == [1]
            """
        for n in range(6)
    }
    whole = place.run(files, PYTEST)
    shards = [place.run(files, PYTEST, shard=(index, 3)) for index in range(3)]
    assert merge(shards).status == whole.status == dict.fromkeys(whole.status, "passed")
    assert len(whole.status) == sum(len(shard.status) for shard in shards) == 12
    assert all(len(shard.status) < 12 for shard in shards)
    assert merge(shards).finished


def test_shards_of_what_was_asked_for_make_it_whole(place: Place) -> None:
    files = {f"test_{n}.py": "def test_a(): pass\ndef test_b(): pass\n" for n in range(4)}
    asked = [f"test_{n}.py::test_a" for n in range(4)] + ["test_0.py::test_gone"]
    parts = [place.run(files, PYTEST, asked, shard=(index, 2)) for index in range(2)]
    assert merge(parts).status == dict.fromkeys(asked, "passed") | {asked[-1]: "missing"}


CRASH = {
    "test_crash.py": """
        import os, time
        def test_before(): pass
        def test_exit(): os._exit(0)
        def test_after(): pass
        """
}


def test_a_process_that_exits_with_0_makes_no_pass_of_the_rest(place: Place) -> None:
    result = place.result(CRASH, PYTEST)
    report = PYTEST.read(result)
    assert (result.outcome, result.exit_code) == ("ok", 0)
    assert report.status == {
        "test_crash.py::test_before": "passed",
        "test_crash.py::test_exit": "missing",
        "test_crash.py::test_after": "missing",
    }
    assert not report.finished


def test_the_test_that_hung_timed_out_and_those_behind_it_are_missing(place: Place) -> None:
    files = {
        "test_hang.py": """
            import threading
            def test_before(): pass
            def test_hang(): threading.Event().wait()
            def test_after(): pass
            """
    }
    report = place.run(files, PYTEST, wall_s=5.0)
    assert report.status == {
        "test_hang.py::test_before": "passed",
        "test_hang.py::test_hang": "timeout",
        "test_hang.py::test_after": "missing",
    }
    assert not report.finished


def test_a_hook_that_makes_a_pass_of_an_exception_is_not_believed(place: Place) -> None:
    files = {
        "conftest.py": """
            import pytest
            @pytest.hookimpl(hookwrapper=True)
            def pytest_runtest_makereport(item, call):
                outcome = yield
                outcome.get_result().outcome = "passed"
            """,
        "test_flipped.py": """
            import pytest
            def test_fail(): assert False
            def test_pass(): pass
            @pytest.fixture
            def bad(): raise OSError
            def test_set_up(bad): pass
            """,
    }
    report = place.run(files, PYTEST)
    assert report.status["test_flipped.py::test_pass"] == "passed"
    assert report.not_passed(list(report.status)) == (
        "test_flipped.py::test_fail",
        "test_flipped.py::test_set_up",
    )


def test_a_test_that_kills_the_reporter_s_file_passes_nothing(place: Place) -> None:
    files = {
        "test_wipe.py": """
            import pathlib
            def test_fail(): assert False
            def test_wipe():
                for path in pathlib.Path("/outputs").iterdir(): path.unlink()
            """
    }
    asked = ["test_wipe.py::test_fail", "test_wipe.py::test_wipe"]
    assert place.run(files, PYTEST, asked).not_passed(asked) == tuple(asked)


def test_the_repository_s_own_options_do_not_count(place: Place) -> None:
    files = {
        "pytest.ini": "[pytest]\naddopts = --collect-only\n",
        "test_a.py": "def test_a(): pass\n",
    }
    assert place.run(files, PYTEST).status == {"test_a.py::test_a": "passed"}


def test_lines_and_modules_come_back_when_they_are_asked_for(place: Place) -> None:
    files = {
        "lib.py": "import decimal\n\ndef f():\n    return 1\n",
        "test_a.py": "import lib\ndef test_a(): assert lib.f() == 1\ndef test_b(): assert not lib.f()\n",
    }
    runner = PytestRunner(coverage=True, modules=True)
    result = place.result(files, runner)
    assert runner.read(result).passing_lines["lib.py"] == {1: 1, 3: 1, 4: 1}
    modules = preloadable(result)
    assert {"decimal", "pytest", "_pytest.python", "coverage"} <= set(modules)
    assert not {"lib", "test_a", "sys", "__main__", "budwood_report"} & set(modules)


def test_nothing_more_than_the_report_comes_back_unasked(place: Place) -> None:
    result = place.result({"test_a.py": "def test_a(): pass\n"}, PYTEST)
    assert list(result.artefacts) == ["tests.jsonl"]
    assert preloadable(result) == ()


@pytest.mark.parametrize("content", [b"", b"[", b"5", b'{"a": 1}', b'["ok", 7, "no good", null]'])
def test_names_that_are_no_modules_are_left_out(content: bytes) -> None:
    result = RunResult(outcome="ok", artefacts={"modules.json": content})
    assert preloadable(result) in ((), ("ok",))


@pytest.mark.parametrize("shard", [(-1, 2), (2, 2), (0, 0)])
def test_a_shard_that_does_not_exist_is_refused(shard: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=f"shard {shard[0]} of {shard[1]}"):
        PYTEST.spec(shard=shard)


def test_a_report_of_coverage_that_is_no_such_thing_is_empty() -> None:
    for content in (
        b"[]",
        b'{"a": [1]}',
        b'{"a": {"x": 1}}',
        json.dumps({"a": {"1": None}}).encode(),
    ):
        result = RunResult(outcome="ok", artefacts={"lines.json": content})
        assert PYTEST.read(result).passing_lines == {}


def test_our_file_is_not_taken_for_a_test_of_the_repository(place: Place) -> None:
    report = place.run(
        {"test_a.py": "def test_a(): pass\n"}, PytestRunner(python_path=("src", "."))
    )
    assert list(report.status) == ["test_a.py::test_a"]
