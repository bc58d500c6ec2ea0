"""A call in a loop that gives the same each time: once, before the loop."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.faster.repeated import before, names_of, outermost, unused

_COSTLY = {
    "sorted": "ordered",
    "set": "members",
    "frozenset": "members",
    "list": "items",
    "tuple": "items",
    "dict": "mapping",
    "sum": "total",
    "max": "largest",
    "min": "smallest",
    "compile": "pattern",
    "join": "joined",
    "split": "words",
    "lower": "lowered",
}
"""What costs time in proportion to its argument → a name for what it gives."""
_KNOWN = 1.0
_ANY = 0.4
"""Any other call: it may do more than answer."""


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call) or not (node.args or isinstance(node.func, ast.Attribute)):
        return
    if isinstance(site.parent, ast.Expr | ast.Await):  # called for what it does
        return
    called = node.func.attr if isinstance(node.func, ast.Attribute) else site.text(node.func)
    loop = outermost(site, names_of(node))
    if loop is not None:
        name = unused(site.module, _COSTLY.get(called, "once"))
        weight = _KNOWN if called in _COSTLY else _ANY
        yield from some(before(site, loop, name, site.text(node), weight))


TEMPLATE = Template(
    name="hoisted",
    prior=0.8,
    basis="loop-invariant code motion (Aho, Lam, Sethi and Ullman 2006, 9.5.1)",
    kinds=(ast.Call,),
    find=_find,
)
