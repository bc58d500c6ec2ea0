"""Comprehensions: a filter added, negated or dropped; loops exchanged; another collection."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        return
    for generator in node.generators:
        yield from _filters(site, generator)
    for first, second in pairwise(node.generators):
        if not (first.ifs or first.is_async or second.is_async):
            yield _exchanged(site, first, second)
    if isinstance(node, ast.ListComp):
        yield site.swap(node, "{" + site.text(node)[1:-1] + "}", 0.4)
    if isinstance(node, ast.SetComp):
        yield site.swap(node, "[" + site.text(node)[1:-1] + "]", 0.6)


def _filters(site: Site, generator: ast.comprehension) -> Iterator[Replacement]:
    shown = site.module.span(site.node)
    for test in generator.ifs:
        start, end = site.module.span(test)
        before = site.module.text[:start].rindex("if")
        yield Replacement(before, end, "", 0.5, shown)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield site.swap(test, site.atom(test.operand), 0.8)
        elif not isinstance(test, ast.Compare):
            yield site.swap(test, f"not {site.atom(test)}", 0.8)
            yield site.swap(test, f"{site.atom(test)} is not None", 0.8)
    if generator.ifs:
        return
    end = site.module.span(generator.iter)[1]
    names = [n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)]
    for name in names[:2]:
        for kept in (name, f"{name} is not None", f"not {name}"):
            yield Replacement(end, end, f" if {kept}", 0.5, shown)


def _exchanged(site: Site, first: ast.comprehension, second: ast.comprehension) -> Replacement:
    """`for a in b for c in d` → `for c in d for a in b`."""
    begin, middle = site.module.span(first.target)[0], site.module.span(first.iter)[1]
    resume, end = site.module.span(second.target)[0], site.module.span(second.iter)[1]
    text = site.module.text
    changed = text[resume:end] + text[middle:resume] + text[begin:middle]
    return Replacement(begin, end, changed, 0.7, site.module.span(site.node))


TEMPLATE = Template(
    name="comprehension",
    prior=0.5,
    basis="TSSB-3M: More and Less Specific If, in their other Python form",
    kinds=(ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp),
    find=_find,
)
