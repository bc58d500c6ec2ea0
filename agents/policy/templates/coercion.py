"""A value of the wrong built-in type: `return a and b` → `return bool(a and b)`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.kinds import kind_of
from agents.policy.templates.source import FunctionNode

KINDS = ("bool", "str", "int", "list", "tuple", "set", "dict", "bytes", "float", "frozenset")
_ASKING = ("is_", "has_", "can_", "should_", "__bool__", "__eq__", "__contains__", "_is_", "_has_")
_NAMES = {"List": "list", "Dict": "dict", "Tuple": "tuple", "Set": "set", "Text": "str"}


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Return) and node.value is not None and site.function:
        for kind, weight in _wanted(site, node, site.function).items():
            yield from _wrapped(site, node.value, kind, weight)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _compared(site, node.left, node.comparators[0])
    value = node.value if isinstance(node, ast.Assign | ast.keyword) else None
    if isinstance(value, ast.BoolOp | ast.Compare):
        yield from _wrapped(site, value, "bool", 0.4)


def _wanted(site: Site, node: ast.Return, function: FunctionNode) -> dict[str, float]:
    """Kinds that the function promises, then those that it returns elsewhere, then any."""
    told = {_NAMES.get(n.id, n.id): 1.0 for n in _names(function.returns) if _is_kind(n.id)}
    others = [n for n in site.words.nodes(function) if isinstance(n, ast.Return) and n is not node]
    kinds = [kind_of(n.value, site.words.kinds) for n in others if n.value is not None]
    seen = {kind: 0.8 for kind in kinds if kind in KINDS}
    asked = {"bool": 0.7} if function.name.startswith(_ASKING) else {}
    truth = {"bool": 0.5} if isinstance(node.value, ast.BoolOp) else {}
    rest = {kind: 0.15 * 0.9**place for place, kind in enumerate(KINDS)}
    return {**rest, **truth, **asked, **seen, **told}


def _compared(site: Site, left: ast.expr, right: ast.expr) -> Iterator[Replacement]:
    """One side as what the other one is; both as text."""
    for node, other in ((left, right), (right, left)):
        kind = kind_of(other, site.words.kinds)
        if kind in KINDS and kind_of(node, site.words.kinds) is None:
            yield from _wrapped(site, node, kind, 0.6)
    if kind_of(left, site.words.kinds) is None and kind_of(right, site.words.kinds) is None:
        (start, middle), (resume, end) = site.module.span(left), site.module.span(right)
        between = site.module.text[middle:resume]
        for kind, weight in (("str", 0.25), ("set", 0.2), ("int", 0.15)):
            text = f"{kind}({site.text(left)}){between}{kind}({site.text(right)})"
            yield Replacement(start, end, text, weight, site.module.span(site.node))


def _wrapped(site: Site, node: ast.expr, kind: str, weight: float) -> Iterator[Replacement]:
    if kind_of(node, site.words.kinds) != kind:
        yield site.swap(node, f"{kind}({site.text(node)})", weight)


def _names(annotation: ast.expr | None) -> list[ast.Name]:
    """Outermost names: of `list[int] | None` the first two, not what is in brackets."""
    if isinstance(annotation, ast.Name):
        return [annotation]
    if isinstance(annotation, ast.BinOp):
        return [*_names(annotation.left), *_names(annotation.right)]
    if isinstance(annotation, ast.Subscript):
        optional = isinstance(annotation.value, ast.Name) and annotation.value.id == "Optional"
        return _names(annotation.slice if optional else annotation.value)
    return []


def _is_kind(name: str) -> bool:
    return _NAMES.get(name, name) in KINDS


TEMPLATE = Template(
    name="coercion",
    prior=0.45,
    basis="PAR's and TBar's cast templates (FP1, FP7); TSSB-3M: Add Function Around Expression "
    "117K, here with one or two alternatives",
    kinds=(ast.Return, ast.Compare, ast.Assign, ast.keyword),
    find=_find,
)
