"""A condition the other way round: `not` added or taken away."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.UnaryOp):
        yield from _unary(site, node)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _negated(site, value, 0.4)
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield from _negated(site, node.test, 0.7)
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Compare | ast.BoolOp):
        yield from _negated(site, node.value, 0.3)


def _unary(site: Site, node: ast.UnaryOp) -> Iterator[Replacement]:
    if isinstance(node.op, ast.Not):
        yield site.keep(node, node.operand, 0.8)
    elif isinstance(node.op, ast.USub | ast.Invert):
        yield site.swap(node, site.atom(node.operand), 0.6)


def _negated(site: Site, node: ast.expr, weight: float) -> Iterator[Replacement]:
    comparison = isinstance(node, ast.Compare)  # its opposite operator says the same
    if not comparison and not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        yield site.fit(node, f"not {site.atom(node)}", weight)


TEMPLATE = Template(
    name="negation",
    prior=0.5,
    basis="TSSB-3M: Change Unary Operator 15K; PraPR's NC mutator",
    kinds=(ast.UnaryOp, ast.BoolOp, ast.If, ast.While, ast.IfExp, ast.Return),
    find=_find,
)
