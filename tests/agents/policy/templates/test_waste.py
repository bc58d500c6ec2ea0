"""What is never proposed, because it changes nothing or cannot work."""

import ast

import pytest

from agents.policy.templates.inert import Inert
from agents.policy.templates.source import Module
from tests.agents.policy.templates.helpers import mutants

INERT = """\
import logging
from typing import TYPE_CHECKING, cast, overload

__all__ = ["f", "g"]

if TYPE_CHECKING:
    Alias = dict[str, int]


@overload
def f(a: int) -> int: ...


def f(a: dict[str, int] | None = None, *rest: "str") -> list[int]:
    \"\"\"Up to 10 of them.\"\"\"
    n: int | None = 3
    logging.info("%d of 7", n)
    return cast("list[str]", [a, n])
"""


def test_nothing_inside_inert_code_changes() -> None:
    for mutant in mutants(INERT):
        text = mutant.text
        for kept in ('__all__ = ["f", "g"]', "Alias = dict[str, int]", "Up to 10 of them."):
            assert kept in text
        signature = next((n for n in ast.walk(ast.parse(text)) if _is_second(n)), None)
        if isinstance(signature, ast.FunctionDef) and signature.returns:
            assert ast.unparse(signature.returns) == "list[int]"


def _is_second(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and not node.decorator_list


def test_the_inert_parts_of_a_file() -> None:
    module = Module("a.py", INERT)
    texts = [INERT[start:end] for start, end in Inert(module).spans]
    assert {"list[int]", '"%d of 7"', '"list[str]"', "int | None", '"str"'} <= set(texts)
    assert '["f", "g"]' not in texts
    assert not any("[a, n]" in text for text in texts)


WASTE = (
    ("def f(x):\n    return len(x) == 1\n", "len(x) in 1"),
    ("def f(a):\n    for i, x in enumerate(a):\n        g(i, x)\n", "in range(a)"),
    ("def f(x):\n    n = len(x)\n    return n\n", "+= len(x)"),
    (
        "class A:\n    def __init__(self, x):\n        self.x = x\n",
        "self.x += x",
    ),
    (
        (
            "class A:\n    def __init__(self):\n        self.q = []\n    def f(self, x):\n"
            "        self.q.append(x)\n"
        ),
        "appendleft",
    ),
    ("def f(x):\n    return isinstance(x, int)\n", "isinstance(int, x)"),
    ("def f(x):\n    return 'a' + x.b\n", "'a'.b"),
    ("def f(x):\n    return 'a' in x\n", "x in 3"),
    ("def f(x):\n    n = 3\n    return x in (n, 2)\n", "x in n\n"),
)


@pytest.mark.parametrize(("source", "waste"), WASTE)
def test_what_cannot_work_is_not_proposed(source: str, waste: str) -> None:
    assert not [m.summary for m in mutants(source) if waste in m.text]


def test_code_that_cannot_work_may_still_be_repaired() -> None:
    found = [m.text for m in mutants("def f(x):\n    return x.a in 1\n")]
    assert any("x.a == 1" in text for text in found)


def test_a_summary_shows_what_changes_in_a_long_line() -> None:
    long = "first_argument, second_argument, third_argument, fourth_argument"
    source = f"def f(a):\n    return combine({long}, a + 1)\n"
    for mutant in mutants(source):
        before, _, after = mutant.summary.partition(" → ")
        assert before.partition(": ")[2] != after.rpartition(" (")[0]
