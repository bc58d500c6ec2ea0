"""and ↔ or, and conditions that lose one of their operands."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some

_TWO = 2


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.BoolOp):
        return
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield from some(site.operator(left, right, old, new, 1.0))
    pair = len(node.values) == _TWO
    for at, value in enumerate(node.values):
        yield site.keep(node, value, 0.6) if pair else _without(site, node.values, at)


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
