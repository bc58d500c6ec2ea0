"""Whether a test expects what the issue's own examples deny. Pure.

Only what can be compared without doubt is: one call with literal arguments, equal to one literal.
"""

import ast
import doctest
from collections.abc import Container, Iterator, Mapping
from contextlib import suppress

from agents.verify.extract import code_blocks, examples
from agents.verify.parsing import TOO_DEEP, parsed


def stated(statement: str, failing: Container[str]) -> dict[str, str]:
    """Call → value, both as normalised source, as far as the issue's code says so: in an
    ``assert``, or as a ``>>>`` example that is among `failing`, the issue's tests that fail on the
    base. An example that comes out as shown already may as well show the bug: it states nothing. A
    call to which the issue gives two values is left out."""
    found: dict[str, set[str]] = {}
    shown = [claimed(e) for test, e in examples(statement).items() if test in failing]
    for source in (*code_blocks(statement), *shown):
        for call, value in _claims(source):
            found.setdefault(call, set()).add(value)
    return {call: values.pop() for call, values in found.items() if len(values) == 1}


def claimed(example: doctest.Example) -> str:
    """A ``>>>`` example as an ``assert``; no Python where it shows no value."""
    return f"assert ({example.source.strip()}) == ({example.want.strip()})"


def contradiction(source: str, known: Mapping[str, str]) -> str | None:
    """What a test says against `known`; None where it does not."""
    for call, value in _claims(source):
        if known.get(call, value) != value:
            return f"it expects {call} == {value}, the issue says {known[call]}"
    return None


def _claims(source: str) -> Iterator[tuple[str, str]]:
    """Every ``assert call == literal``."""
    tree = parsed(source)
    for node in ast.walk(tree) if tree else ():
        match node:
            case ast.Assert(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right])):
                with suppress(*TOO_DEEP):
                    yield from [*_claim(left, right)]


def _claim(left: ast.expr, right: ast.expr) -> Iterator[tuple[str, str]]:
    for call, value in ((left, right), (right, left)):
        if isinstance(call, ast.Call) and _is_literal(value):
            given = (*call.args, *(keyword.value for keyword in call.keywords))
            if all(_is_literal(argument) for argument in given):
                yield ast.unparse(call), ast.unparse(value)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, *TOO_DEEP):
        return False
    return True
