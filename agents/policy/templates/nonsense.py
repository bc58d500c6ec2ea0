"""Expressions that cannot work whatever the input, by syntax alone: `len(x) in 1`, `3 .lower()`.

A repair never adds one. They are counted in a whole function before and after a change, so that
code that is wrong in this way already can still be repaired.
"""

import ast
import builtins
from collections.abc import Callable, Iterator
from typing import Any

from agents.policy.templates.kinds import NUMBERS, Known, assigned, kind_of

_ITERATING = frozenset(
    {"len", "sum", "sorted", "list", "enumerate", "reversed", "iter", "min", "max", "any", "all"}
    | {"tuple", "set", "frozenset", "zip", "dict"}
)
_NUMERIC = frozenset({"abs", "round", "range", "chr", "divmod"})
_SINGLE = frozenset({*NUMBERS, "NoneType"})
"""Kinds whose values hold no others."""
_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_SIZED = frozenset({"list", "tuple", "set", "dict", "str", "bytes"})


def count(tree: ast.AST, attributes: Known) -> int:
    """How many such expressions there are; `attributes` is what is known about `self`."""
    inside = assigned(tree)
    known = {**attributes, **inside}
    return sum(_is_wrong(node, known) for node in ast.walk(tree))


def _is_wrong(node: ast.AST, known: Known) -> bool:
    check = _CHECKS.get(type(node))
    return check is not None and check(node, known)


def _comparison_wrong(node: ast.Compare, known: Known) -> bool:
    return any(_compares_wrong(*pair, known) for pair in _pairs(node))


def _pairs(node: ast.Compare) -> Iterator[tuple[ast.expr, ast.cmpop, ast.expr]]:
    operands = [node.left, *node.comparators]
    return zip(operands, node.ops, node.comparators, strict=False)  # one more on the left


def _compares_wrong(left: ast.expr, op: ast.cmpop, right: ast.expr, known: Known) -> bool:
    one, two = kind_of(left, known), kind_of(right, known)
    if isinstance(op, ast.In | ast.NotIn):
        return two in _SINGLE or (two == "str" and one in (*NUMBERS, "list", "tuple"))
    if isinstance(op, ast.Is | ast.IsNot):
        if two == "NoneType" and one in (*_SIZED, *NUMBERS):
            return True
        return isinstance(left, ast.Call | ast.BinOp) and one in _SIZED | NUMBERS - {"bool"}
    if one is None or two is None:
        return isinstance(op, _ORDERED) and "NoneType" in (one, two)
    return _group(one) != _group(two)


def _called_wrong(node: ast.Call, known: Known) -> bool:
    if isinstance(node.func, ast.Constant) or kind_of(node.func, known) in (*_SIZED, *NUMBERS):
        return True
    if not isinstance(node.func, ast.Name) or not node.args or not hasattr(builtins, node.func.id):
        return False
    kind, alone = kind_of(node.args[0], known), len(node.args) == 1
    if node.func.id in _ITERATING:
        return kind in _SINGLE and (alone or node.func.id not in ("min", "max"))
    if node.func.id in ("int", "float") and alone:
        return kind in _SIZED - {"str", "bytes"} or kind == "NoneType"
    return node.func.id in _NUMERIC and kind in _SIZED


def _missing(kind: str | None, name: str) -> bool:
    """Whether values of a built-in type have no such attribute."""
    if kind is None or kind not in (*_SIZED, *_SINGLE, "frozenset", "range", "enumerate"):
        return False
    return not hasattr(type(None) if kind == "NoneType" else getattr(builtins, kind), name)


def _computed_wrong(op: ast.operator, left: str | None, right: str | None) -> bool:
    if "NoneType" in (left, right):
        return True
    if isinstance(op, ast.Add):
        return bool(left and right) and _group(left) != _group(right)
    if isinstance(op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow | ast.LShift | ast.RShift):
        sizes = _SIZED - {"set"} if isinstance(op, ast.Sub) else _SIZED
        return left in sizes or right in sizes
    if isinstance(op, ast.Mod):
        return left in _SIZED - {"str", "bytes"}
    if isinstance(op, ast.Mult):
        return left in _SIZED and right in _SIZED
    return False


def _iterated_wrong(node: ast.For | ast.comprehension, known: Known) -> bool:
    kind = kind_of(node.iter, known)
    paired = isinstance(node.target, ast.Tuple) and kind == "range"
    return kind in _SINGLE or paired


def _operator_wrong(node: ast.BinOp, known: Known) -> bool:
    return _computed_wrong(node.op, kind_of(node.left, known), kind_of(node.right, known))


def _update_wrong(node: ast.AugAssign, known: Known) -> bool:
    return _computed_wrong(node.op, kind_of(node.target, known), kind_of(node.value, known))


def _group(kind: str | None) -> str | None:
    """Kinds that compare and add with each other."""
    if kind in NUMBERS:
        return "number"
    return "set" if kind == "frozenset" else kind


_CHECKS: dict[type[ast.AST], Callable[[Any, Known], bool]] = {
    ast.Compare: _comparison_wrong,
    ast.Call: _called_wrong,
    ast.Attribute: lambda node, known: _missing(kind_of(node.value, known), node.attr),
    ast.BinOp: _operator_wrong,
    ast.AugAssign: _update_wrong,
    ast.Subscript: lambda node, known: kind_of(node.value, known) in (*_SINGLE, "set"),
    ast.For: _iterated_wrong,
    ast.comprehension: _iterated_wrong,
    ast.Starred: lambda node, known: kind_of(node.value, known) in _SINGLE,
}
"""What to ask of which node."""
