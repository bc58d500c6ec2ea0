"""Faults of omission: what a programmer forgot to write.

The codes and their conditions are those of Durães and Madeira, "Emulation of Software Faults: A
Field Data Study and a Practical Approach", IEEE TSE 32 (11), 2006, read onto Python's syntax. In
that study a construct that is its block's only statement is never the missing one.
"""

import ast
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from benchmarks.factory.code import Block, Change, Code, Function, blocks

SMALL = 5
"""Statements at most of a construct that somebody forgets as a whole."""
PLAIN = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)


def missing_if_with_statements(code: Code, function: Function) -> Iterator[Change]:
    """MIFS: an ``if`` without ``else``, and what it would have done."""
    for block, node in _small_ifs(function):
        if len(block) > 1:
            yield from _some(code.without(node, node))


def missing_if_around_statements(code: Code, function: Function) -> Iterator[Change]:
    """MIA: the condition is forgotten, the statements are there."""
    for _, node in _small_ifs(function):
        yield from _some(_unwrapped(code, node, node.body))


def missing_if_before_else(code: Code, function: Function) -> Iterator[Change]:
    """MIEB: ``if`` and its statements are forgotten, what its ``else`` does is always done."""
    for block in blocks(function):
        for node in block:
            if isinstance(node, ast.If) and node.orelse and not _is_elif(node.orelse):
                yield from _some(_unwrapped(code, node, node.orelse))


def missing_call(code: Code, function: Function) -> Iterator[Change]:
    """MFC: a call whose result nobody uses."""
    for block, node in _statements(function, ast.Expr):
        if len(block) > 1 and isinstance(node.value, ast.Call):
            yield from _some(code.without(node, node))


def missing_and(code: Code, function: Function) -> Iterator[Change]:
    """MLAC: one part of an ``and`` in a condition."""
    return _missing_operand(code, function, ast.And)


def missing_or(code: Code, function: Function) -> Iterator[Change]:
    """MLOC: one part of an ``or`` in a condition."""
    return _missing_operand(code, function, ast.Or)


def missing_initial_value(code: Code, function: Function) -> Iterator[Change]:
    """MVIV: the first assignment of a value to a variable."""
    return _missing_assignment(code, function, first=True, value=True)


def missing_value(code: Code, function: Function) -> Iterator[Change]:
    """MVAV: a later assignment of a value."""
    return _missing_assignment(code, function, first=False, value=True)


def missing_expression(code: Code, function: Function) -> Iterator[Change]:
    """MVAE: a later assignment of what an expression comes to."""
    return _missing_assignment(code, function, first=False, value=False)


def missing_part(code: Code, function: Function) -> Iterator[Change]:
    """MLPA: two neighbouring statements of an algorithm, of which no branch and no loop is one."""
    for block in blocks(function):
        for one, two in pairwise(block):
            plain = isinstance(one, PLAIN) and isinstance(two, PLAIN) and not _is_docstring(one)
            if plain and len(block) > len((one, two)):
                yield from _some(code.without(one, two))


def condition_of(node: ast.AST) -> ast.expr | None:
    """What a branch, a loop, a conditional expression or an assertion asks."""
    if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        return node.test
    return None


def conditions(function: Function) -> Iterator[ast.expr]:
    """Every condition in a function, comprehensions' too."""
    for node in ast.walk(function):
        asked = condition_of(node)
        if asked is not None:
            yield asked
        if isinstance(node, ast.comprehension):
            yield from node.ifs


def _missing_operand(code: Code, function: Function, kind: type[ast.boolop]) -> Iterator[Change]:
    for asked in conditions(function):
        for node in ast.walk(asked):
            if isinstance(node, ast.BoolOp) and isinstance(node.op, kind):
                for left, right in pairwise(node.values):
                    yield Change(code.end(left), code.end(right), b"", right.lineno)
                first, second = node.values[:2]
                yield Change(code.start(first), code.start(second), b"", first.lineno)


def _missing_assignment(
    code: Code, function: Function, *, first: bool, value: bool
) -> Iterator[Change]:
    known = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    found = sorted(_statements(function, PLAIN[:2]), key=lambda pair: pair[1].lineno)
    for block, node in found:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        is_first = bool(names - known)
        known |= names
        if is_first is first and isinstance(node.value, ast.Constant) is value and len(block) > 1:
            yield from _some(code.without(node, node))


def _small_ifs(function: Function) -> Iterator[tuple[Block, ast.If]]:
    for block, node in _statements(function, ast.If):
        loops = (ast.For, ast.While, ast.AsyncFor)
        plain = not any(isinstance(inner, loops) for inner in ast.walk(node))
        if not node.orelse and len(node.body) <= SMALL and plain:
            yield block, node


def _statements(function: Function, kind: type | tuple[type, ...]) -> Iterator[tuple[Block, Any]]:
    for block in blocks(function):
        for node in block:
            if isinstance(node, kind):
                yield block, node


def _unwrapped(code: Code, node: ast.If, body: Block) -> Change | None:
    """`body` in place of the ``if``; None where it shares a line with it, or is an ``elif``."""
    whole, inner = code.whole_lines(node, node), code.whole_lines(body[0], body[-1])
    if whole is None or inner is None or not code.text(node).startswith(b"if"):
        return None
    lines = code.source[slice(*inner)].decode()
    moved = textwrap.indent(textwrap.dedent(lines), " " * node.col_offset)
    return Change(*whole, moved.encode(), node.lineno)


def _is_elif(orelse: Block) -> bool:
    return len(orelse) == 1 and isinstance(orelse[0], ast.If)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _some(change: Change | None) -> Iterator[Change]:
    if change is not None:
        yield change
