"""Tests out of the code that an issue carries. Pure.

Three forms are read: a plain script, whose every top-level ``assert`` becomes a test of its own
behind the statements before it (so that half a fix is worth half the value); functions named
``test_*``; and ``>>>`` examples with the output they should have. A script without ``assert``
is one test: it must run to its end.
"""

import ast
import doctest
import json
import re
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass

from agents.verify.parsing import TOO_DEEP, parsed

FENCE = re.compile(
    r"^(?P<mark>```|~~~)[ \t]*(?P<tag>\w*)[^\n]*\n(?P<code>.*?)^(?P=mark)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
PYTHON_TAGS = {"", "python", "py", "python3", "pycon", "doctest"}


CHECK_EXAMPLE = """\
import doctest
scope = {{}}
exec({before!r}, scope)
shown = doctest.DocTestParser().get_doctest({shown!r}, scope, "issue", "<issue>", 0)
told = []
flags = doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
runner = doctest.DocTestRunner(verbose=False, optionflags=flags)
runner.run(shown, out=told.append, clear_globs=False)
assert not runner.failures, "".join(told)
"""


@dataclass(frozen=True, slots=True)
class ReproductionTest:
    """One test: `source` is executed, then the function `call`, if named, is called."""

    id: str
    source: str
    call: str | None = None


def extract(problem_statement: str) -> tuple[ReproductionTest, ...]:
    """All tests in the statement's code blocks, numbered ``issue::1``, ``issue::2``, …"""
    return tuple(test for test, _ in _numbered(problem_statement))


def examples(problem_statement: str) -> dict[str, doctest.Example]:
    """Of the tests of `extract` that are ``>>>`` examples: id → the example."""
    return {test.id: example for test, example in _numbered(problem_statement) if example}


def code_blocks(text: str) -> list[str]:
    """Contents of fenced blocks that are, or may be, Python."""
    return [
        textwrap.dedent(match["code"])
        for match in FENCE.finditer(text.replace("\r\n", "\n"))
        if match["tag"].lower() in PYTHON_TAGS
    ]


def as_json(tests: tuple[ReproductionTest, ...]) -> str:
    """The form that the harness reads and that `Reproduction.script` keeps."""
    return json.dumps([asdict(test) for test in tests])


def _numbered(statement: str) -> Iterator[tuple[ReproductionTest, doctest.Example | None]]:
    found = [test for block in code_blocks(statement) for test in _tests_of(block)]
    for number, (source, call, example) in enumerate(found, 1):
        yield ReproductionTest(f"issue::{number}", source, call), example


def _tests_of(block: str) -> Iterator[tuple[str, str | None, doctest.Example | None]]:
    if re.search(r"^\s*>>> ", block, re.MULTILINE):
        yield from _doctests(block)
        return
    tree = parsed(block)
    body = tree.body if tree else []
    functions = [n.name for n in body if isinstance(n, ast.FunctionDef) and n.name[:5] == "test_"]
    if functions:
        yield from ((block, name, None) for name in functions)
    else:
        with suppress(*TOO_DEEP):
            yield from [(source, None, None) for source in _asserts(body)]


def _asserts(body: list[ast.stmt]) -> Iterator[str]:
    """One script for each assert: what stands before it, without the other asserts."""
    if not any(_does_something(node) for node in body):
        return
    before: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.Assert):
            yield _unparse([*before, node])
        else:
            before.append(node)
    if len(before) == len(body):
        yield _unparse(before)


def _does_something(node: ast.stmt) -> bool:
    """Imports and definitions alone show nothing."""
    definitions = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return not isinstance(node, definitions)


def _unparse(body: list[ast.stmt]) -> str:
    return ast.unparse(ast.Module(body=body, type_ignores=[])) + "\n"


def _doctests(block: str) -> Iterator[tuple[str, None, doctest.Example]]:
    """One test for each example that shows an output, behind all examples before it."""
    try:
        shown = doctest.DocTestParser().get_examples(block)
    except ValueError:
        return
    for position, example in enumerate(shown):
        if example.want:
            before = "".join(earlier.source for earlier in shown[:position])
            yield _checked_example(before, example), None, example


def _checked_example(before: str, example: doctest.Example) -> str:
    """The examples before it set the scene; this one is compared by doctest's own rules."""
    shown = ">>> " + example.source.rstrip("\n").replace("\n", "\n... ") + "\n" + example.want
    return CHECK_EXAMPLE.format(before=before, shown=shown)
