"""Another attribute, or one where there was none, or none where there was one."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.similarity import similarity


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Attribute):
        yield from _other(site, node)
        if isinstance(node.ctx, ast.Load) and getattr(site.parent, "func", None) is not node:
            yield site.swap(node, site.text(node.value), 0.3)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for place, name in enumerate(site.words.attributes.get(node.id, [])[:6]):
            if not isinstance(site.parent, ast.Attribute):
                yield site.swap(node, f"{node.id}.{name}", 0.35 * 0.85**place)


def _other(site: Site, node: ast.Attribute) -> Iterator[Replacement]:
    called = getattr(site.parent, "func", None) is node
    if called:
        return  # methods have their own template
    receiver = site.text(node.value)
    here = site.words.attributes.get(receiver, [])
    everywhere = (name for names in site.words.attributes.values() for name in names)
    end = site.module.span(node)[1]
    for name in dict.fromkeys([*here, *everywhere]):
        if name != node.attr:
            weight = 0.3 + 0.5 * similarity(node.attr, name) + (0.2 if name in here else 0.0)
            start = end - len(node.attr)
            yield Replacement(start, end, name, weight, site.module.span(node))


TEMPLATE = Template(
    name="attribute",
    prior=0.5,
    basis="TSSB-3M: Change Attribute Used 104K, Add Attribute Access 32K",
    kinds=(ast.Attribute, ast.Name),
    find=_find,
)
