"""The branches of `a if c else b`: exchanged, or one of them alone; and `x or y` written out."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.IfExp):
        body, test, orelse = (site.text(n) for n in (node.body, node.test, node.orelse))
        yield site.swap(node, f"{orelse} if {test} else {body}", 0.8)
        yield site.keep(node, node.body, 0.5)
        yield site.keep(node, node.orelse, 0.5)
    elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and not node.values[2:]:
        value, default = (site.text(n) for n in node.values)
        if isinstance(node.values[0], ast.Name | ast.Attribute):
            yield site.fit(node, f"{value} if {value} is not None else {default}", 0.8)


TEMPLATE = Template(
    name="ternary",
    prior=0.5,
    basis="TBar FP6; `or` that swallows 0 and '' is a classic Python defect",
    kinds=(ast.IfExp, ast.BoolOp),
    find=_find,
)
