"""`in` a sequence, in a loop: make a set of it once, before the loop."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.faster.repeated import before, names_of, outermost, unused
from agents.policy.templates.kinds import assigned, kind_of


def _find(site: Site) -> Iterator[Replacement]:
    node, parent = site.node, site.parent
    if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(parent, ast.Compare):
        return
    if len(parent.ops) != 1 or not isinstance(parent.ops[0], ast.In | ast.NotIn):
        return
    if parent.comparators[0] is not node or _is_hashed(site, node):
        return
    loop = outermost(site, names_of(node))
    if loop is not None:
        last = node.id if isinstance(node, ast.Name) else node.attr
        name = unused(site.module, f"{last.strip('_')}_set")
        yield from some(before(site, loop, name, f"set({site.text(node)})", 1.0))


def _is_hashed(site: Site, node: ast.expr) -> bool:
    known = assigned(site.function or site.module.tree)
    return kind_of(node, known) in {"set", "frozenset", "dict"}


TEMPLATE = Template(
    name="members",
    prior=1.0,
    basis="a linear search in a loop, the stock quadratic program; the prior is not measured",
    kinds=(ast.Name, ast.Attribute),
    find=_find,
)
