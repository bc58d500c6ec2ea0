"""A boundary moved: the operator and one operand at once, `a > b` → `a >= b - 1`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.comparison import SPELLING
from agents.policy.templates.kinds import kind_of

_FLIPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_COUNTS = frozenset({"int", None})


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return
    left, right, old = node.left, node.comparators[0], SPELLING[type(node.ops[0])]
    kinds = {kind_of(operand, site.words.kinds) for operand in (left, right)}
    if old not in _FLIPPED or not kinds <= _COUNTS:
        return
    ours, theirs = site.text(left), site.text(right)
    for place, (text, single) in enumerate(_moved(site, right)):
        weight = 0.9 * 0.8**place
        yield site.swap(node, f"{ours} {_FLIPPED[old]} {text}", weight)
        if single:
            yield site.swap(node, f"{ours} {old} {text}", weight)
    for place, (text, single) in enumerate(_moved(site, left)):
        weight = 0.8 * 0.8**place
        yield site.swap(node, f"{text} {_FLIPPED[old]} {theirs}", weight)
        if single:
            yield site.swap(node, f"{text} {old} {theirs}", weight)


def _moved(site: Site, node: ast.expr) -> list[tuple[str, bool]]:
    """An operand one less and one more; whether `off_by_one` leaves that alone to us."""
    if isinstance(node, ast.Constant):
        value = node.value
        return [(str(value + step), False) for step in (-1, 1)] if type(value) is int else []
    shifted = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
    if shifted and isinstance(node, ast.BinOp) and _is_one(node.right):
        return [(site.text(node.left), False)]
    text = site.text(node) if isinstance(node, ast.BinOp) else site.atom(node)
    own = not isinstance(node, ast.Name | ast.Attribute)
    return [(f"{text} - 1", own), (f"{text} + 1", own)]


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 1


TEMPLATE = Template(
    name="boundary",
    prior=0.35,
    basis="TBar FP11 with FP13 in one edit; boundaries are QuixBugs' most frequent defect",
    kinds=(ast.Compare,),
    find=_find,
)
