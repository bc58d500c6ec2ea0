"""Loops: break ↔ continue ↔ return, while ↔ if, the order and the end of what is iterated."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Break | ast.Continue):
        other = "continue" if isinstance(node, ast.Break) else "break"
        yield site.swap(node, other, 1.0)
        yield site.swap(node, "return", 0.3)
        yield site.swap(node, "pass", 0.5)
    elif isinstance(node, ast.While | ast.If):
        yield from _condition(site, node)
    elif isinstance(node, ast.For):
        yield from _iterated(site, node.iter)


def _condition(site: Site, node: ast.While | ast.If) -> Iterator[Replacement]:
    start, end = site.module.span(node)[0], site.module.span(node.test)
    word = site.module.text[start : start + 5]
    if isinstance(node, ast.While):
        yield Replacement(start, start + 5, "if", 0.4, (start, end[1]))
        if not isinstance(node.test, ast.Constant):
            yield site.swap(node.test, "True", 0.4)
    elif word.startswith("if") and not node.orelse:
        yield Replacement(start, start + 2, "while", 0.5, (start, end[1]))


def _iterated(site: Site, node: ast.expr) -> Iterator[Replacement]:
    text = site.text(node)
    yield site.swap(node, f"reversed({text})", 0.3)
    yield site.swap(node, f"list({text})", 0.5)
    yield site.swap(node, f"{site.atom(node)}[1:]", 0.35)
    yield site.swap(node, f"{site.atom(node)}[:-1]", 0.3)
    yield site.swap(node, f"{site.atom(node)}[::-1]", 0.2)


TEMPLATE = Template(
    name="loop",
    prior=0.5,
    basis="mutmut's break ↔ continue; QuixBugs' while ↔ if",
    kinds=(ast.Break, ast.Continue, ast.While, ast.If, ast.For),
    find=_find,
)
