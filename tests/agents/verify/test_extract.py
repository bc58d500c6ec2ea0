from agents.verify.extract import extract
from agents.verify.harness import Unwatched, report


def outcomes(statement: str) -> list[str]:
    """Status of every test in the statement, run right here."""
    tests = extract(statement)
    return [report(t.id, t.source, t.call, Unwatched())["status"] for t in tests]


def test_every_assert_of_a_script_is_a_test_of_its_own() -> None:
    statement = "```python\nx = 1\nassert x == 2\nx += 1\nassert x == 2\nassert x == 3\n```"
    assert outcomes(statement) == ["failed", "passed", "failed"]


def test_a_script_without_asserts_must_run_to_its_end() -> None:
    assert outcomes("```py\nint('1')\n```\n```\nint('x')\n```") == ["passed", "failed"]


def test_test_functions_are_called_one_by_one() -> None:
    statement = "```python\ndef test_a():\n    assert True\n\ndef test_b():\n    assert False\n```"
    assert outcomes(statement) == ["passed", "failed"]


def test_shown_output_is_what_is_expected() -> None:
    statement = "```pycon\n>>> x = 2\n>>> x + 1\n3\n>>> x + 2\n5\n>>> int('a')\nTraceback (most recent call last):\nValueError: any\n```"
    assert outcomes(statement) == ["passed", "failed", "passed"]


def test_an_assert_in_a_test_may_use_what_stood_before_it() -> None:
    assert outcomes(
        "```python\nimport math\ndef f(x):\n    return x\nassert f(math.pi) > 3\n```"
    ) == ["passed"]


def test_ids_count_over_all_blocks() -> None:
    assert [t.id for t in extract("```\nassert 1\n```\ntext\n~~~python\nassert 2\n~~~")] == [
        "issue::1",
        "issue::2",
    ]


def test_other_languages_prose_and_broken_code_carry_no_tests() -> None:
    assert extract("It fails.\n```sh\nls\n```\n```python\nif x\n```\n`assert False`") == ()


def test_definitions_alone_show_nothing() -> None:
    assert extract("```python\nimport os\n\nclass A:\n    pass\n```") == ()


def test_windows_line_ends_and_indented_blocks_are_read() -> None:
    assert outcomes("1. so\r\n```python\r\n    assert 1 == 1\r\n```\r\n") == ["passed"]


def test_a_test_that_leaves_the_interpreter_is_a_failure_and_not_the_end() -> None:
    assert outcomes("```python\nimport sys\nsys.exit(0)\n```") == ["failed"]


def test_an_issues_code_may_use_dataclasses_pickle_and_the_bytes_below_stdout() -> None:
    code = """
from __future__ import annotations
import pickle, sys
from dataclasses import dataclass
@dataclass
class Point:
    x: int
sys.stdout.buffer.write(b'x')
assert pickle.loads(pickle.dumps(Point(1))) == Point(1)
"""
    assert outcomes(f"```python\n{code}\n```") == ["passed"]
