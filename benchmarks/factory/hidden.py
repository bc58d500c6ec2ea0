"""Taking tests out of a suite, so that nobody who sees the rest knows of them."""

import ast
from collections.abc import Collection
from itertools import groupby

from benchmarks.factory.code import Block, Code, Function


class NoSuchTest(Exception):
    """A test that is not written where its id says: inherited, made by a loop, or a doctest."""


def function_of(test: str) -> str:
    """The id without its parameters: the function as it is written."""
    return test.partition("[")[0]


def without_tests(files: dict[str, bytes], tests: Collection[str]) -> dict[str, bytes]:
    """The files that hold these tests, without their functions. Raises: NoSuchTest."""
    functions = sorted({function_of(test) for test in tests})
    found: dict[str, bytes] = {}
    for path, group in groupby(functions, key=lambda name: name.partition("::")[0]):
        if path not in files:
            raise NoSuchTest(path)
        source = files[path]
        for name in group:
            source = _without(source, name)
        found[path] = source
    return found


def _without(source: bytes, name: str) -> bytes:
    """A class that loses its last statement keeps a ``pass``."""
    code = Code(source)
    block, node = _find(code.tree.body, name.split("::")[1:], name)
    change = code.without(node, node)
    if change is None:
        raise NoSuchTest(name)
    indent = b" " * node.col_offset
    rest = code.source[: change.start] + (indent + b"pass\n") * (len(block) == 1)
    return rest + code.source[change.end :]


def _find(block: Block, names: list[str], test: str) -> tuple[Block, ast.stmt]:
    kinds = (ast.ClassDef,) if len(names) > 1 else Function.__args__
    fitting = [n for n in block if isinstance(n, kinds) and n.name == names[0]] if names else []
    if len(fitting) != 1:
        raise NoSuchTest(test)
    if isinstance(fitting[0], ast.ClassDef):
        return _find(fitting[0].body, names[1:], test)
    return block, fitting[0]
