"""Operands exchanged, regrouped, or dropped."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.BinOp):
        return
    _, gap = site.module.gap(node.left, node.right)
    if not isinstance(node.op, ast.Add | ast.Mult) or _is_text(node):
        left, right = site.atom(node.left), site.atom(node.right)
        yield site.swap(node, f"{right}{gap.strip('()')}{left}", 0.7)
    for kept in (node.left, node.right):
        yield site.keep(node, kept, 0.6)
    if isinstance(node.left, ast.BinOp) and ")" not in gap:
        yield _regrouped(site, node, node.left)


def _is_text(node: ast.BinOp) -> bool:
    """Concatenation does not commute; a string or list on either side gives it away."""
    kinds = (ast.JoinedStr, ast.List, ast.ListComp, ast.Tuple)
    texts = (ast.Constant,)
    return any(
        isinstance(n, kinds) or (isinstance(n, texts) and isinstance(n.value, str | bytes))
        for n in ast.walk(node)
    )


def _regrouped(site: Site, node: ast.BinOp, left: ast.BinOp) -> Replacement:
    """`a + b * c` written flat groups from the left; parentheses go around the other pair."""
    begin, end = site.module.span(left.right)[0], site.module.span(node.right)[1]
    return Replacement(begin, end, f"({site.module.text[begin:end]})", 0.5, site.module.span(node))


TEMPLATE = Template(
    name="operand",
    prior=0.45,
    basis="TSSB-3M: Change Binary Operand 174K (its identifiers and numbers have own templates)",
    kinds=(ast.BinOp,),
    find=_find,
)
