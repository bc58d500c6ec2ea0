"""Two arguments of a call exchanged."""

import ast
from collections.abc import Iterator
from itertools import combinations

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.calls import exchanged
from agents.policy.templates.kinds import kind_of
from agents.policy.templates.vocabulary import is_name

_FIXED = frozenset(
    {"isinstance", "issubclass", "getattr", "hasattr", "setattr", "map", "filter", "sorted", "open"}
)
"""Built-ins whose arguments are of different kinds."""


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    if getattr(node.func, "id", "") not in _FIXED:
        for left, right in combinations(range(min(len(node.args), 5)), 2):
            one, two = node.args[left], node.args[right]
            weight = (1.0 if right == left + 1 else 0.5) * _alike(site, one, two)
            yield exchanged(site, node, one, two, weight)
        for first, second in combinations(node.keywords, 2):
            alike = _alike(site, first.value, second.value)
            yield exchanged(site, node, first.value, second.value, 0.3 * alike)
    if isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        yield from _caller(site, node, node.func)


def _caller(site: Site, node: ast.Call, func: ast.Attribute) -> Iterator[Replacement]:
    """`a.f(b)` → `b.f(a)`, where both can be values; a module or self cannot be handed over."""
    receiver, argument = func.value, node.args[0]
    local = not isinstance(receiver, ast.Name) or receiver.id in dict(site.words.readable(node))
    plain = local and not is_name(receiver, "self", "cls") and not is_name(argument, "self")
    text = f"{site.atom(argument)}.{func.attr}({site.text(receiver)})"
    yield site.swap(node, text, 0.4 if plain else 0.05)


def _alike(site: Site, left: ast.expr, right: ast.expr) -> float:
    """Arguments that are plainly of different kinds are hardly ever confused."""
    if is_name(left, "self", "cls") or is_name(right, "self", "cls"):
        return 0.1
    kinds = {kind_of(node, site.words.kinds) for node in (left, right)}
    if None not in kinds and len(kinds) > 1:
        return 0.1
    forms = [isinstance(node, ast.Constant | ast.Lambda) for node in (left, right)]
    return 0.5 if forms[0] != forms[1] else 1.0


TEMPLATE = Template(
    name="argument_order",
    prior=0.5,
    basis="TSSB-3M: Same Function Swap Args 8K, Wrong Caller 25K, with one or two alternatives",
    kinds=(ast.Call,),
    find=_find,
)
