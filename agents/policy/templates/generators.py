"""yield ↔ return ↔ yield from."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Return):
        if node.value is not None and _in_generator(site):
            yield site.swap(node, f"yield {site.text(node.value)}", 0.9)
            yield site.swap(node, f"yield from {site.text(node.value)}", 0.9)
        return
    if not isinstance(node, ast.Yield | ast.YieldFrom):
        return
    if node.value is None:
        return
    value = site.text(node.value)
    if isinstance(node, ast.Yield):
        yield site.swap(node, f"yield from {value}", 1.0)
    else:
        yield site.swap(node, f"yield {value}", 1.0)
    if isinstance(site.parent, ast.Expr):
        yield site.swap(node, f"return {value}", 0.6)
        if isinstance(node, ast.YieldFrom) and isinstance(node.value, ast.Call):
            yield site.swap(node, value, 0.3)


def _in_generator(site: Site) -> bool:
    below = site.words.nodes(site.function)
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in below)


TEMPLATE = Template(
    name="generator",
    prior=0.6,
    basis="`yield` for `yield from` is QuixBugs' flatten; one or two alternatives a site",
    kinds=(ast.Yield, ast.YieldFrom, ast.Return),
    find=_find,
)
