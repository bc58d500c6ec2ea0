import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.verify.writing.reply import Unreadable, Written, read_test


def block(code: str) -> str:
    return f"Here it is:\n\n```python\n{code}\n```\nIt fails now."


GOOD = "from shop import price\n\ndef test_free():\n    assert price('FREE') == 0\n"


def test_a_function_is_called_and_a_script_is_run() -> None:
    assert read_test(block(GOOD)) == Written(GOOD + "\n", "test_free")
    script = "from shop import price\nassert price('FREE') == 0"
    assert read_test(block(script)) == Written(script + "\n", None)


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("I cannot say.", "0 closed"),
        ("```python\nassert 1\n", "0 closed"),
        (block("assert 1") + block("assert 2"), "2 closed"),
        (block("def test_("), "no Python"),
        (block("def test_a(): pass\ndef test_b(): pass"), "2 tests"),
        (block("class TestA:\n    def test_a(self): pass"), "class"),
        (block("async def test_a(): pass"), "asynchronous"),
        (block("def test_a(tmp_path): pass"), "arguments"),
        (block("from shop import price\nprice('FREE')"), "asserts nothing"),
        (block("import socket\nassert 1"), "`socket`"),
        (block("from urllib import request\nassert 1"), "`urllib.request`"),
        (block("import time\ntime.sleep(3)\nassert 1"), "`time.sleep()`"),
        (block("assert open('/etc/passwd').read()"), "`open()`"),
    ],
)
def test_what_is_no_single_plain_test_is_named(reply: str, problem: str) -> None:
    read = read_test(reply)
    assert isinstance(read, Unreadable)
    assert problem in read.problem


def test_what_only_looks_like_reaching_out_is_let_through() -> None:
    code = "from urllib.parse import quote\nfrom shop import shop\nassert shop.open() == quote('a')"
    assert isinstance(read_test(block(code)), Written)


@given(st.text() | st.text().map(block) | st.sampled_from(["def test(x)", "a = 1"]).map(block))
def test_whatever_is_read_parses_and_has_what_it_calls(reply: str) -> None:
    match read_test(reply):
        case Written(source=source, call=call):
            names = {n.name for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)}
            assert call is None or call in names
        case Unreadable(problem=problem):
            assert problem


NAMES = st.from_regex(r"[a-z]{1,5}", fullmatch=True)


@given(NAMES, st.integers())
def test_every_plain_test_is_read(name: str, value: int) -> None:
    code = f"from shop import price\ndef test_{name}():\n    assert price() == {value}"
    assert read_test(block(code)) == Written(code + "\n", f"test_{name}")
