"""An attribute that need not be there: `x.a` → `getattr(x, 'a', None)`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.vocabulary import is_name

_DEFAULTS = ("None", "''", "False", "()", "{}", "0")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
        return
    called = getattr(site.parent, "func", None) is node
    if called or isinstance(site.parent, ast.Attribute) or not _may_lack(site, node.value):
        return
    receiver = site.text(node.value)
    scale = 0.4 if is_name(node.value, "self") else 1.0
    other = [f"{receiver}.{name}" for name in site.words.attributes.get(receiver, ())]
    for place, default in enumerate([*_DEFAULTS, receiver, *other[:2]]):
        if default != site.text(node):
            text = f"getattr({receiver}, {node.attr!r}, {default})"
            yield site.swap(node, text, scale * 0.8**place)


def _may_lack(site: Site, node: ast.expr) -> bool:
    """Whether the receiver is a value of the function, and no module or class."""
    if isinstance(node, ast.Name):
        return node.id in dict(site.words.readable(node))
    return isinstance(node, ast.Attribute | ast.Call | ast.Subscript)


TEMPLATE = Template(
    name="attribute_fallback",
    prior=0.2,
    basis="TBar FP2 and FP10 for an attribute that some inputs lack",
    kinds=(ast.Attribute,),
    find=_find,
)
