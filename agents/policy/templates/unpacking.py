"""An argument unpacked, or no longer: `f(x)` ↔ `f(*x)`, `f(x)` ↔ `f(**x)`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.kinds import kind_of

_ROWS = frozenset({"args", "argv", "params", "values", "parts", "items", "fields", "pairs", "row"})
_MAPS = frozenset({"kwargs", "kwds", "kw", "options", "opts", "params", "settings", "config"})
_ONE_VALUE = frozenset(
    {"len", "isinstance", "issubclass", "getattr", "hasattr", "setattr", "str", "int", "float"}
    | {"list", "tuple", "set", "sorted", "bool", "repr", "iter", "next", "enumerate", "sum", "id"}
    | {"any", "all", "reversed", "type", "super", "hash", "vars", "callable", "abs", "round"}
)
"""Built-ins that take a container whole, or exactly one value."""


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") in _ONE_VALUE:
        return
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            yield site.swap(argument, site.text(argument.value), 0.6)
            yield site.swap(
                argument, f"*{site.text(argument)}", 0.5 * _mapped(site, argument.value)
            )
        else:
            yield from _unpacked(site, node, argument)
    for keyword in node.keywords:
        if keyword.arg is None:
            yield site.swap(keyword, site.text(keyword.value), 0.5)
            yield site.swap(keyword, f"*{site.text(keyword.value)}", 0.3)


def _unpacked(site: Site, call: ast.Call, argument: ast.expr) -> Iterator[Replacement]:
    if isinstance(argument, ast.Constant | ast.Lambda | ast.Compare | ast.BoolOp | ast.JoinedStr):
        return
    whole = isinstance(argument, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    text = site.text(argument) if whole else f"({site.text(argument)})"
    alone = 1.0 if call.args[-1] is argument and not call.keywords else 0.6
    yield site.swap(argument, f"*{text}", alone * _listed(site, argument))
    if call.args[-1] is argument:
        yield site.swap(argument, f"**{text}", alone * _mapped(site, argument))


def _listed(site: Site, node: ast.expr) -> float:
    """How likely an expression is a row of arguments."""
    taken = site.function.args.vararg if site.function else None
    name = _name(node)
    if taken is not None and name == taken.arg:
        return 1.0
    if kind_of(node, site.words.kinds) in ("list", "tuple"):
        return 0.6
    return 0.6 if name in _ROWS else 0.2


def _mapped(site: Site, node: ast.expr) -> float:
    """How likely an expression maps keywords to arguments."""
    taken = site.function.args.kwarg if site.function else None
    name = _name(node)
    if taken is not None and name == taken.arg:
        return 1.0
    return 0.6 if name in _MAPS or kind_of(node, site.words.kinds) == "dict" else 0.1


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


TEMPLATE = Template(
    name="unpacking",
    prior=0.4,
    basis="PySStuBs and TSSB-3M: arguments of the same function changed; few alternatives a call",
    kinds=(ast.Call,),
    find=_find,
)
