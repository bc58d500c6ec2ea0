"""Of which built-in type an expression is, as far as its syntax alone shows."""

import ast
import builtins
from collections.abc import Callable, Mapping
from typing import Any

from agents.policy.templates.source import FunctionNode

Known = Mapping[str, str | None]
"""Name, or attribute of self as `.attr` → kind, where every assignment in sight agrees on it."""

NUMBERS = frozenset({"int", "float", "bool", "complex"})
_MADE: dict[str, str] = {
    **{name: name for name in ("str", "int", "list", "tuple", "set", "dict", "bytes", "float")},
    **{name: name for name in ("bool", "frozenset", "range", "enumerate", "zip", "reversed")},
    "len": "int",
    "sorted": "list",
    "repr": "str",
    "ord": "int",
    "chr": "str",
    "hash": "int",
    "isinstance": "bool",
    "any": "bool",
    "all": "bool",
    "callable": "bool",
    "hasattr": "bool",
    "id": "int",
    "format": "str",
    "dir": "list",
    "issubclass": "bool",
    "hex": "str",
}
"""Built-in function → kind of what it returns."""
_TEXT = ("lower", "upper", "strip", "casefold", "format", "title", "capitalize", "zfill", "rstrip")
_BY_NODE: dict[type[ast.expr], str] = {
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.Tuple: "tuple",
    ast.JoinedStr: "str",
}


def kind_of(node: ast.expr, known: Known) -> str | None:
    """The built-in type's name; None: it cannot be told."""
    ask = _ASK.get(type(node))
    return _BY_NODE.get(type(node)) if ask is None else ask(node, known)


def assigned(tree: ast.AST) -> dict[str, str | None]:
    """Name bound in a piece of code → the kind of all that is assigned to it; None: unclear."""
    found: dict[str, set[str | None]] = {}
    plain: set[int] = set()
    for node in ast.walk(tree):
        for target, kind in _plain(node):
            plain.add(id(target))
            found.setdefault(_name(target), set()).add(kind)
    for node in ast.walk(tree):
        if id(node) not in plain and (name := _bound(node)):
            found.setdefault(name, set()).add(None)
    return {name: next(iter(k)) if len(k) == 1 else None for name, k in found.items()}


def _plain(node: ast.AST) -> list[tuple[ast.expr, str | None]]:
    """Targets of a simple assignment; an augmented one keeps the kind that was there."""
    if isinstance(node, ast.Assign):
        kind = kind_of(node.value, {})
        return [(t, None if kind == "NoneType" else kind) for t in node.targets if _name(t)]
    if isinstance(node, ast.AnnAssign) and node.value is not None and _name(node.target):
        return [(node.target, kind_of(node.value, {}))]
    return []


def _bound(node: ast.AST) -> str:
    """What a node binds in any other way."""
    if isinstance(node, ast.Name | ast.Attribute):
        return "" if isinstance(node.ctx, ast.Load) else _name(node)
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.alias):
        return (node.asname or node.name).partition(".")[0]
    if isinstance(node, ast.ExceptHandler | FunctionNode | ast.MatchAs | ast.MatchStar):
        return node.name or ""
    return ""


def _name(node: ast.expr) -> str:
    """How `Known` calls a name or an attribute of self."""
    if isinstance(node, ast.Attribute):
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        return f".{node.attr}" if own else ""
    return node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.Call, known: Known) -> str | None:
    func = node.func
    if isinstance(func, ast.Name):
        return _MADE.get(func.id) if hasattr(builtins, func.id) else None
    if not isinstance(func, ast.Attribute):
        return None
    if func.attr in ("split", "splitlines", "rsplit") and kind_of(func.value, known) == "str":
        return "list"
    return "str" if func.attr in _TEXT and kind_of(func.value, known) == "str" else None


def _signed(node: ast.UnaryOp, known: Known) -> str | None:
    return "bool" if isinstance(node.op, ast.Not) else kind_of(node.operand, known)


def _computed(node: ast.BinOp, known: Known) -> str | None:
    left, right = kind_of(node.left, known), kind_of(node.right, known)
    if isinstance(node.op, ast.Mod) and left == "str":
        return "str"
    if left in NUMBERS and right in NUMBERS:
        return "float" if "float" in (left, right) or isinstance(node.op, ast.Div) else "int"
    return left if left == right and isinstance(node.op, ast.Add) else None


def _compared(node: ast.Compare, known: Known) -> str | None:
    """Equality and order may be overloaded (arrays, query builders); the rest may not."""
    _ = known
    told = all(isinstance(op, ast.In | ast.NotIn | ast.Is | ast.IsNot) for op in node.ops)
    return "bool" if told else None


_ASK: dict[type[ast.expr], Callable[[Any, Known], str | None]] = {
    ast.Constant: lambda node, _: type(node.value).__name__,
    ast.Name: lambda node, known: known.get(_name(node)),
    ast.Attribute: lambda node, known: known.get(_name(node)),
    ast.Call: _called,
    ast.UnaryOp: _signed,
    ast.BinOp: _computed,
    ast.Compare: _compared,
}
