"""Another constant index: next, previous, first, last; nested indexes exchanged."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper, node.step):
            yield from _number(site, bound, ())
        return
    if not isinstance(node, ast.Subscript):
        return
    yield from _number(site, node.slice, (0, -1))
    inner = node.value
    if isinstance(inner, ast.Subscript) and not isinstance(node.slice, ast.Slice):
        outer, deep = site.text(node.slice), site.text(inner.slice)
        yield site.swap(node, f"{site.text(inner.value)}[{outer}][{deep}]", 0.5)
    if isinstance(node.slice, ast.Name):
        yield site.swap(node.slice, f"-{node.slice.id}", 0.2)


def _number(site: Site, node: ast.expr | None, extra: tuple[int, ...]) -> Iterator[Replacement]:
    value = _int_of(node)
    if node is None or value is None:
        return
    offers = dict.fromkeys([*extra, value + 1, value - 1, -value])
    for place, other in enumerate(n for n in offers if n != value):
        yield site.swap(node, str(other), 0.95 * 0.85**place)


def _int_of(node: ast.expr | None) -> int | None:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _int_of(node.operand)
        return None if inner is None else -inner
    return None


TEMPLATE = Template(
    name="index",
    prior=0.75,
    basis="TSSB-3M: Change Numeric Literal 97K; few alternatives a site",
    kinds=(ast.Subscript, ast.Slice),
    find=_find,
)
