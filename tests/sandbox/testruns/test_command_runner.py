"""A command and a parser of its log."""

import pytest

from sandbox.protocol import Output, RunResult
from sandbox.testruns import CommandRunner
from sandbox.testruns.logs import PARSERS, UnknownLogParser
from tests.sandbox.testruns.projects import Place

FILES = {
    "test_a.py": """
        import os
        def test_pass(): pass
        def test_fail(): assert False
        """,
    "test_exit.py": "import os\ndef test_ok(): pass\ndef test_exit(): os._exit(0)\n",
}
VERBOSE = CommandRunner(
    argv=("python", "-m", "pytest", "-rA", "-p", "no:cacheprovider"), parser="pytest", selects=True
)


def test_a_command_s_log_is_read_by_its_parser(place: Place) -> None:
    asked = ["test_a.py::test_pass", "test_a.py::test_fail"]
    report = place.run(FILES, VERBOSE, asked)
    assert report.status == {asked[0]: "passed", asked[1]: "failed"}
    assert report.finished


def test_a_command_that_exits_with_0_early_passes_nothing_it_did_not_log(place: Place) -> None:
    asked = ["test_exit.py::test_ok", "test_exit.py::test_exit"]
    result = place.result(FILES, VERBOSE, asked)
    assert (result.outcome, result.exit_code) == ("ok", 0)
    assert VERBOSE.read(result, asked).not_passed(asked) == tuple(asked)


def test_ids_are_no_arguments_of_a_command_that_cannot_select() -> None:
    runner = CommandRunner(argv=("make", "test"), parser="tap", env={"A": "b"})
    spec = runner.spec(["one"], wall_s=5.0)
    assert (spec.argv, spec.env, spec.wall_s) == (("make", "test"), {"A": "b"}, 5.0)


def test_both_streams_are_read() -> None:
    result = RunResult(outcome="ok", stdout=Output(b"ok 1 a"), stderr=Output(b"not ok 2 b\n"))
    assert CommandRunner(argv=("x",), parser="tap").read(result).status == {
        "a": "passed",
        "b": "failed",
    }


def test_lines_that_were_cut_in_the_middle_name_no_test() -> None:
    cut = Output(b"PASSED t.py::a\nPASSED t.py::lo", b"nger\nFAILED t.py::b", dropped=9)
    report = VERBOSE.read(RunResult(outcome="ok", stdout=cut), ["t.py::lo"])
    assert report.status == {"t.py::a": "passed", "t.py::b": "failed", "t.py::lo": "missing"}


def test_a_command_has_no_shards() -> None:
    with pytest.raises(ValueError, match="cannot be divided"):
        VERBOSE.spec(shard=(0, 2))


def test_a_parser_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UnknownLogParser, match="no log parser 'pytset'") as refused:
        CommandRunner(argv=("make",), parser="pytset")
    assert all(name in str(refused.value) for name in PARSERS)
