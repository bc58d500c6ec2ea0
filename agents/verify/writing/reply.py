"""A model's reply as a test. Pure and strict: one block, one test, nothing guessed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.verify.extract import code_blocks

OUTSIDE = frozenset(
    {
        *("aiohttp", "ctypes", "http.client", "httpx", "multiprocessing", "requests", "socket"),
        *("subprocess", "urllib.request", "urllib3"),
    }
)
"""Modules that reach out of the test. The sandbox is what protects: this saves a run that fails."""

OUTSIDE_CALLS = frozenset(
    {
        *("exit", "input", "open", "quit", "sleep"),
        *("os.popen", "os.system", "sys.exit", "time.sleep"),
    }
)


FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Written:
    """`source` is executed, then the function `call`, if named, is called."""

    source: str
    call: str | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a reply is no test; for the model to read, without a full stop."""

    problem: str


def read_test(reply: str) -> Written | Unreadable:
    """The one test of a reply: a script with asserts, or one function ``test_*`` without
    parameters."""
    blocks = code_blocks(reply)
    if len(blocks) != 1:
        return Unreadable(f"it holds {len(blocks)} closed ```python blocks; write one")
    try:
        tree = ast.parse(blocks[0])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Unreadable(f"the code is no Python: {error}")
    outside = next(_outside(tree), None)
    if outside:
        return Unreadable(f"a test must not use {outside}")
    return _the_test(blocks[0], tree)


def _the_test(source: str, tree: ast.Module) -> Written | Unreadable:
    if any(isinstance(n, ast.ClassDef) and n.name.startswith("Test") for n in tree.body):
        return Unreadable("it holds a class of tests; write one plain function `test_...`")
    functions = [n for n in tree.body if isinstance(n, FUNCTION) and n.name.startswith("test")]
    if len(functions) > 1:
        return Unreadable(f"it holds {len(functions)} tests; write only the most telling one")
    if functions:
        return _function(source, functions[0])
    if any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        return Written(source, None)
    return Unreadable("it asserts nothing")


def _function(
    source: str, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> Written | Unreadable:
    if isinstance(function, ast.AsyncFunctionDef):
        return Unreadable("the test is asynchronous; call `asyncio.run` in a plain function")
    given = function.args
    if given.args or given.posonlyargs or given.kwonlyargs:
        return Unreadable("the test takes arguments; nothing is passed to it")
    return Written(source, function.name)


def _outside(tree: ast.Module) -> Iterator[str]:
    """What the code uses that reaches out of the test."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"`{alias.name}`" for alias in node.names if alias.name in OUTSIDE)
        elif isinstance(node, ast.ImportFrom):
            names = (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            yield from (f"`{name}`" for name in names if name in OUTSIDE)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in OUTSIDE_CALLS:
                yield f"`{name}()`"
