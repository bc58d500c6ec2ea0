"""Whether a test expects what the issue's own examples deny. Pure.

Only what can be compared without doubt is: one call with literal arguments, equal to one literal.
"""

import ast
from collections.abc import Iterator, Mapping
from itertools import pairwise

from agents.verify.extract import code_blocks


def stated(statement: str) -> dict[str, str]:
    """Call → value, both as normalised source, as far as the issue's code says so: in an
    ``assert``, or as a ``>>>`` example. A call to which it gives two values is left out."""
    found: dict[str, set[str]] = {}
    for block in code_blocks(statement):
        for call, value in (*_claims(block), *_shown(block)):
            found.setdefault(call, set()).add(value)
    return {call: values.pop() for call, values in found.items() if len(values) == 1}


def contradiction(source: str, known: Mapping[str, str]) -> str | None:
    """What a test says against `known`; None where it does not."""
    for call, value in _claims(source):
        if known.get(call, value) != value:
            return f"it expects {call} == {value}, the issue says {known[call]}"
    return None


def _claims(source: str) -> Iterator[tuple[str, str]]:
    """Every ``assert call == literal``."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Assert(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right])):
                yield from _claim(left, right)


def _shown(block: str) -> Iterator[tuple[str, str]]:
    """Every ``>>> call`` with a literal in the line below it."""
    lines = [line.strip() for line in block.split("\n")]
    for line, want in pairwise(lines):
        if line.startswith(">>> "):
            yield from _claims(f"assert ({line[4:]}) == ({want})")


def _claim(left: ast.expr, right: ast.expr) -> Iterator[tuple[str, str]]:
    for call, value in ((left, right), (right, left)):
        if isinstance(call, ast.Call) and _is_literal(value):
            given = (*call.args, *(keyword.value for keyword in call.keywords))
            if all(_is_literal(argument) for argument in given):
                yield ast.unparse(call), ast.unparse(value)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
