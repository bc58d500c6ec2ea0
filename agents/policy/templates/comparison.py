"""Another comparison operator, or the operands exchanged."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some

SPELLING: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_LIKELY: dict[str, tuple[str, ...]] = {
    "<": ("<=", ">", ">=", "!=", "=="),
    "<=": ("<", ">=", ">", "==", "!="),
    ">": (">=", "<", "<=", "!=", "=="),
    ">=": (">", "<=", "<", "==", "!="),
    "==": ("!=", "in", ">=", "<=", ">", "<", "is"),
    "!=": ("==", "not in", "<", ">", "<=", ">=", "is not"),
    "is": ("is not", "=="),
    "is not": ("is", "!="),
    "in": ("not in", "=="),
    "not in": ("in", "!="),
}
"""Boundary first, then negation, then direction: the order of what real fixes do."""


_SAME = 0.3
"""Identity and equality mostly agree."""


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Compare):
        return
    operands = [node.left, *node.comparators]
    for at, operator in enumerate(node.ops):
        left, right = operands[at], operands[at + 1]
        old = _as_written(site, left, right, SPELLING[type(operator)])
        for place, new in enumerate(_LIKELY[SPELLING[type(operator)]]):
            if not (new.startswith("is") and old[0] in "=!" and not _is_singleton(right)):
                same = {old[:2], new[:2]} in ({"is", "=="}, {"is", "!="})
                weight = 0.85**place * (_SAME if same else 1.0)
                yield from some(site.operator(left, right, old, new, weight))
    if len(node.ops) == 1 and isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE | ast.In):
        yield from _exchanged(site, node.left, node.comparators[0])


def _as_written(site: Site, left: ast.expr, right: ast.expr, plain: str) -> str:
    """`is   not` as it stands in the file."""
    first, _, second = plain.partition(" ")
    gap = site.module.gap(left, right)[1]
    start = gap.find(first)
    return gap[start : gap.find(second, start + len(first)) + len(second)] if second else plain


def _is_singleton(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or node.value in (True, False))


def _exchanged(site: Site, left: ast.expr, right: ast.expr) -> Iterator[Replacement]:
    start, end = site.module.span(left)[0], site.module.span(right)[1]
    between = site.module.text[site.module.span(left)[1] : site.module.span(right)[0]]
    if "(" not in between and ")" not in between:
        yield Replacement(start, end, site.text(right) + between + site.text(left), 0.3)


TEMPLATE = Template(
    name="comparison",
    prior=1.0,
    basis="TSSB-3M: Change Binary Operator 29K and part of the 90K changed `if`s, "
    "spread over few alternatives; TBar FP11, PraPR's CO mutator",
    kinds=(ast.Compare,),
    find=_find,
)
