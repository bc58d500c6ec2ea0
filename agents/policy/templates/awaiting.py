"""A forgotten or needless `await`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Await):
        yield site.swap(node, site.atom(node.value), 0.5)
    elif isinstance(node, ast.Call) and not isinstance(site.parent, ast.Await):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        known = isinstance(site.words.definitions.get(name), ast.AsyncFunctionDef)
        if isinstance(site.function, ast.AsyncFunctionDef):
            yield site.fit(node, f"await {site.text(node)}", 1.0 if known else 0.4)


TEMPLATE = Template(
    name="await",
    prior=0.7,
    basis="coroutine-never-awaited, the stock defect of async code; one alternative a site",
    kinds=(ast.Await, ast.Call),
    find=_find,
)
