"""A missing value filled in before its first use: `if x is None: x = []`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import insert_before, is_docstring
from agents.policy.templates.kinds import kind_of
from agents.policy.templates.similarity import similarity
from agents.policy.templates.source import FunctionNode

_DEFAULTS = ("''", "[]", "0", "{}", "False", "()", "1", "set()")
_SPELT = {"str": "''", "list": "[]", "int": "0", "dict": "{}", "bool": "False", "tuple": "()"}
_OTHERS = 3
_ALIKE = 0.5


def _find(site: Site) -> Iterator[Replacement]:
    node, function = site.node, site.function
    if not isinstance(node, ast.stmt) or is_docstring(node) or function is None:
        return
    for place, (name, given) in enumerate(_first_used(site, node, function)):
        base = (1.0 if given else 0.6) * 0.85**place
        for rank, value in enumerate(_values(site, name, function)):
            weight = base * 0.85**rank
            lines = (f"if {name} is None:", f"\t{name} = {value}")
            yield from some(insert_before(site, node, *lines, weight=weight))
            lines = (f"if not {name}:", f"\t{name} = {value}")
            yield from some(insert_before(site, node, *lines, weight=0.5 * weight))
        lines = (f"if isinstance({name}, str):", f"\t{name} = [{name}]")
        if given:
            yield from some(insert_before(site, node, *lines, weight=0.35 * base))


def _first_used(site: Site, node: ast.stmt, function: FunctionNode) -> list[tuple[str, bool]]:
    """Names that are read here first, and whether they are parameters."""
    given = site.words.arguments(node)
    bound = site.words.bindings(function)
    found: dict[str, bool] = {}
    for name in (n for n in _at_once(node) if isinstance(n, ast.Name)):
        known = bound.get(name.id, node.lineno) < node.lineno or name.id in given
        plain = isinstance(name.ctx, ast.Load) and known and name.id not in ("self", "cls")
        if plain and not _read_before(site, name.id, node, function):
            found.setdefault(name.id, name.id in given)
    return sorted(found.items(), key=lambda item: not item[1])[:3]


def _at_once(node: ast.stmt) -> Iterator[ast.AST]:
    """What a statement evaluates first: of compound ones the head."""
    if isinstance(node, ast.If | ast.While):
        return ast.walk(node.test)
    if isinstance(node, ast.For):
        return ast.walk(node.iter)
    return iter(()) if isinstance(node, ast.Try) else ast.walk(node)


def _read_before(site: Site, name: str, node: ast.stmt, function: FunctionNode) -> bool:
    return any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
        for n in site.words.nodes(function)
        if function.body[0].lineno <= getattr(n, "lineno", 0) < node.lineno
    )


def _values(site: Site, name: str, function: FunctionNode) -> list[str]:
    """Like names and the attribute of that name first, then what the uses ask for."""
    own = [f"self.{name}"] if name in site.words.own_attributes(site.node) else []
    readable = [other for other, _ in site.words.readable(site.node)]
    alike = [n for n in readable if n not in (name, "self") and similarity(n, name) > _ALIKE]
    asked = [text for n in site.words.nodes(function) if (text := _asked(site, n, name))]
    return list(dict.fromkeys([*own, *asked, *alike[:_OTHERS], *_DEFAULTS]))


def _asked(site: Site, node: ast.AST, name: str) -> str | None:
    """The empty value of the kind that one use of a name needs."""
    if isinstance(node, ast.For | ast.comprehension):
        return "[]" if _is(node.iter, name) else None
    if isinstance(node, ast.Attribute) and _is(node.value, name):
        fits = [kind for kind in _SPELT if hasattr(_TYPES[kind], node.attr)]
        return _SPELT[fits[0]] if len(fits) == 1 else None
    if isinstance(node, ast.BinOp | ast.Compare):
        right = node.right if isinstance(node, ast.BinOp) else node.comparators[0]
        if _is(node.left, name) and not isinstance(right, ast.List | ast.Tuple):
            return _SPELT.get(kind_of(right, site.words.kinds) or "")
    return None


_TYPES: dict[str, type] = {"str": str, "list": list, "int": int, "dict": dict, "bool": bool}
_TYPES["tuple"] = tuple


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


TEMPLATE = Template(
    name="default_guard",
    prior=0.35,
    basis="PAR's null pointer checker (initialise if null); TBar FP2.4",
    kinds=(ast.Assign, ast.AugAssign, ast.Return, ast.Expr, ast.If, ast.For, ast.While, ast.Try),
    find=_find,
)
