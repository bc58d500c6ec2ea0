"""A call too many: `f(x)` → `x`, `x.strip()` → `x`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call) or isinstance(site.parent, ast.Expr):
        return  # a call for its effect alone: without it, the statement does nothing
    if len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred):
        text = site.text(node.args[0])
        bare = isinstance(node.args[0], ast.GeneratorExp)
        yield site.swap(node, text if bare else site.atom(node.args[0]), 0.9)
    if isinstance(node.func, ast.Attribute):
        weight = 0.7 if not node.args and not node.keywords else 0.4
        yield site.swap(node, site.text(node.func.value), weight)
        if not node.args and not node.keywords:
            yield site.swap(node, site.text(node.func), 0.3)


TEMPLATE = Template(
    name="needless_call",
    prior=0.35,
    basis="the inverse of TSSB-3M's Add Function Around Expression, rarer; GenProg's delete",
    kinds=(ast.Call,),
    find=_find,
)
