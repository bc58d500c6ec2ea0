"""A default in place of an empty value: `x or default`, `x if x else default`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_DEFAULTS = ("''", "[]", "0", "{}", "()", "None", "1")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        return
    parent = site.parent
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    if isinstance(parent, ast.Attribute) or getattr(parent, "func", None) is node:
        return
    text = site.text(node)
    base = 0.7 if isinstance(parent, ast.Return | ast.Assign | ast.For) else 0.4
    for place, default in enumerate([*_DEFAULTS, *site.words.arguments(node)[:3]]):
        if default != text:
            yield site.fit(node, f"{text} or {default}", base * 0.85**place)
    for place, default in enumerate(("None", "''", "0", "[]")):
        other = f"{text} if {text} is not None else {default}"
        yield site.fit(node, other, 0.4 * base * 0.85**place)


TEMPLATE = Template(
    name="fallback",
    prior=0.25,
    basis="TBar FP2 as an expression; PAR's null pointer checker",
    kinds=(ast.Name, ast.Attribute, ast.Call, ast.Subscript),
    find=_find,
)
