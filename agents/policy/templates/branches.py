"""`elif` ↔ `if`, `else` dropped, and the two branches of an `if` exchanged."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.edits import lines_of, siblings


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.If):
        return
    module, start = site.module, site.module.span(node)[0]
    if module.text[start : start + 4] == "elif":
        yield Replacement(start, start + 4, "if", 0.9)
    elif _follows_if(site, node):
        yield Replacement(start, start, "el", 0.8, (start, module.span(node.test)[1]))
    yield from _exchanged(site, node)


def _follows_if(site: Site, node: ast.If) -> bool:
    block = siblings(site, node)
    at = block.index(node)
    before = block[at - 1] if at else None
    return isinstance(before, ast.If) and not before.orelse


def _exchanged(site: Site, node: ast.If) -> Iterator[Replacement]:
    if not node.orelse or isinstance(node.orelse[0], ast.If):
        return
    first, last = lines_of(site.module, node.body[0]), lines_of(site.module, node.body[-1])
    other, end = lines_of(site.module, node.orelse[0]), lines_of(site.module, node.orelse[-1])
    if first and last and other and end:
        text = site.module.text
        upper, middle = text[first[0] : last[1]], text[last[1] : other[0]]
        lower = text[other[0] : end[1]]
        if lower.endswith("\n"):
            yield Replacement(first[0], end[1], lower + middle + upper, 0.5)


TEMPLATE = Template(
    name="branch",
    prior=0.35,
    basis="TBar FP6 (mutate conditional); GenProg's swap",
    kinds=(ast.If,),
    find=_find,
)
