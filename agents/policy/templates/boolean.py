"""and ↔ or, and conditions that lose one of their operands."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    assert isinstance(node, ast.BoolOp)
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield from some(site.operator(left, right, old, new, 1.0))
    if len(node.values) == 2:
        for kept in node.values:
            yield site.fit(node, site.atom(kept), 0.6)
        return
    for gone, _ in enumerate(node.values):
        yield _without(site, node.values, gone)


def _without(site: Site, values: list[ast.expr], gone: int) -> Replacement:
    """Cut one operand with the operator beside it."""
    spans = [site.module.span(value) for value in values]
    if gone == 0:
        start, end = spans[0][0], spans[1][0]
    else:
        start, end = spans[gone - 1][1], spans[gone][1]
    return Replacement(start, end, "", 0.5, site.module.span(site.node))


TEMPLATE = Template(
    name="boolean",
    prior=0.8,
    basis="TSSB-3M: Change Binary Operator 29K, Less Specific If 22K; TBar FP6",
    kinds=(ast.BoolOp,),
    find=_find,
)
