"""`raise` of another type, or a value returned where an error was raised and the reverse."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.exception_caught import neighbours


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Expr):
        yield from _forgotten(site, node)
        return
    if not isinstance(node, ast.Raise):
        return
    if node.exc is not None:
        callee = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        for place, other in enumerate(neighbours(site, site.text(callee))):
            yield site.swap(callee, other, 0.9 * 0.85**place)
        yield site.swap(node, "raise", 0.2)
        if node.cause is None:
            yield site.swap(node, f"{site.text(node)} from None", 0.1)
    for place, text in enumerate(("None", "False", "NotImplemented", "''", "[]")):
        yield site.swap(node, f"return {text}", 0.5 * 0.8**place)
    yield site.swap(node, "pass", 0.3)


def _forgotten(site: Site, node: ast.Expr) -> Iterator[Replacement]:
    value = node.value
    name = getattr(value.func, "id", "") if isinstance(value, ast.Call) else ""
    if name.endswith(("Error", "Exception", "Warning")):
        yield site.swap(node, f"raise {site.text(node)}", 1.0)


TEMPLATE = Template(
    name="exception_raised",
    prior=0.55,
    basis="ManySStuBs4J: Missing and Delete Throws; a raise on a failing path names its own fault",
    kinds=(ast.Raise, ast.Expr),
    find=_find,
)
