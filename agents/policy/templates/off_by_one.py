"""One more or one less: integers, lengths, bounds of range, slice and index."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.vocabulary import is_name

_UNCOUNTED = 0.35
_COUNTED = (ast.Name, ast.Subscript, ast.BinOp)


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Constant):
        yield from _constant(site, node)
    elif isinstance(node, ast.Call):
        yield from _call(site, node)
    elif isinstance(node, ast.Subscript):
        yield from _bounds(site, node)
    elif isinstance(node, ast.Compare):
        for operand in (node.left, *node.comparators):
            if isinstance(operand, ast.Name | ast.Attribute) and _is_ordering(node):
                yield from _shifted(site, operand, 0.35)
    elif isinstance(node, ast.BinOp):
        yield from _unshifted(site, node)
    elif isinstance(node, ast.Assign | ast.Return) and isinstance(node.value, _COUNTED):
        yield from _shifted(site, node.value, 0.35 * _counted(site, node.value))


def _constant(site: Site, node: ast.Constant) -> Iterator[Replacement]:
    if type(node.value) is int and not isinstance(site.parent, ast.Subscript | ast.UnaryOp):
        yield site.swap(node, str(node.value + 1), 1.0)
        yield site.swap(node, str(node.value - 1), 0.9)


def _call(site: Site, node: ast.Call) -> Iterator[Replacement]:
    if is_name(node.func, "range", "islice"):
        for argument in node.args:
            if not isinstance(argument, ast.Constant):
                yield from _shifted(site, argument, 1.0)
        if len(node.args) == 1 and is_name(node.func, "range"):
            yield site.swap(node.args[0], f"1, {site.text(node.args[0])}", 0.7)
    elif is_name(node.func, "len"):
        yield from _shifted(site, node, 0.8)


def _bounds(site: Site, node: ast.Subscript) -> Iterator[Replacement]:
    if not isinstance(node.slice, ast.Slice):
        if isinstance(node.slice, ast.Name | ast.BinOp | ast.Call):
            yield from _shifted(site, node.slice, 0.7 * _counted(site, node.slice))
        return
    for bound in (node.slice.lower, node.slice.upper):
        if bound is not None and not isinstance(bound, ast.Constant):
            yield from _shifted(site, bound, 0.9)


def _shifted(site: Site, node: ast.expr, weight: float) -> Iterator[Replacement]:
    if isinstance(node, ast.BinOp) and _is_one(node.right):
        return  # taking the ±1 away is _unshifted's
    text = site.text(node) if isinstance(node, ast.BinOp) else site.atom(node)
    yield site.fit(node, f"{text} + 1", weight)
    yield site.fit(node, f"{text} - 1", weight)


def _unshifted(site: Site, node: ast.BinOp) -> Iterator[Replacement]:
    if isinstance(node.op, ast.Add | ast.Sub) and _is_one(node.right):
        yield site.fit(node, site.text(node.left), 0.9)


def _counted(site: Site, node: ast.expr) -> float:
    """A name that the function never calculates with or orders is seldom one off."""
    if not isinstance(node, ast.Name):
        return 1.0
    function = site.function
    uses = (site.module.parents[n] for n in site.words.nodes(function) if is_name(n, node.id))
    return 1.0 if any(_counts(up) for up in uses) else _UNCOUNTED


def _counts(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
    if isinstance(node, ast.For | ast.comprehension):
        return isinstance(node.iter, ast.Call) and is_name(node.iter.func, "range", "enumerate")
    whole = isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    sliced = isinstance(node, ast.BinOp | ast.AugAssign | ast.Slice | ast.UnaryOp | ast.Tuple)
    return whole or sliced


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 1


def _is_ordering(node: ast.Compare) -> bool:
    return all(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE | ast.Eq) for op in node.ops)


TEMPLATE = Template(
    name="off_by_one",
    prior=0.8,
    basis="TSSB-3M: Change Numeric Literal 97K, shared with `constant`; a stock defect of QuixBugs",
    kinds=(ast.Constant, ast.Call, ast.Subscript, ast.Compare, ast.BinOp, ast.Return, ast.Assign),
    find=_find,
)
