"""Emptiness and None told apart: `if x` ↔ `if x is not None`, `not x` ↔ `x is None`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_VALUES = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield from _test(site, node.test)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _test(site, value)


def _test(site: Site, test: ast.expr) -> Iterator[Replacement]:
    if isinstance(test, _VALUES):
        yield site.fit(test, f"{site.text(test)} is not None", 0.9)
        yield site.fit(test, f"{site.text(test)} is None", 0.3)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        if isinstance(test.operand, _VALUES):
            yield site.fit(test, f"{site.text(test.operand)} is None", 0.9)
    elif isinstance(test, ast.Compare) and _against_none(test):
        positive = isinstance(test.ops[0], ast.IsNot | ast.NotEq)
        yield site.fit(test, ("" if positive else "not ") + site.text(test.left), 0.8)


def _against_none(test: ast.Compare) -> bool:
    other = test.comparators[0]
    return len(test.ops) == 1 and isinstance(other, ast.Constant) and not other.value


TEMPLATE = Template(
    name="truthiness",
    prior=0.7,
    basis="TSSB-3M: More and Less Specific If 90K; one alternative a site",
    kinds=(ast.If, ast.While, ast.IfExp, ast.BoolOp),
    find=_find,
)
