"""A literal collection with one more element, or one less."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_MOST = 12
_LONGEST = 20


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Tuple | ast.List | ast.Set):
        return
    if not isinstance(node.ctx if not isinstance(node, ast.Set) else ast.Load(), ast.Load):
        return
    if not node.elts or isinstance(site.parent, ast.Subscript):
        return
    texts = [site.text(element) for element in node.elts]
    end = site.module.span(node.elts[-1])[1]
    for place, text in enumerate(_offers(site, node.elts, texts)):
        yield Replacement(end, end, f", {text}", 0.8 * 0.88**place, site.module.span(node))
    for at, _ in enumerate(node.elts[:8] if len(node.elts) > 1 else ()):
        yield _without(site, node.elts, at)


def _offers(site: Site, elements: list[ast.expr], texts: list[str]) -> list[str]:
    """Constants of the same type from the file, and names in reach where names are listed."""
    kinds = {type(e.value) for e in elements if isinstance(e, ast.Constant)}
    near = [*site.words.constants(site.function), *site.words.constants(None)[:40]]
    constants = [
        repr(value) for value in near if type(value) in kinds and len(str(value)) <= _LONGEST
    ]
    named = any(isinstance(element, ast.Name) for element in elements)
    names = [name for name, _ in site.words.readable(elements[0])[:8]] if named else []
    known = {*texts, *(text.replace('"', "'") for text in texts)}
    return [text for text in dict.fromkeys([*constants, *names]) if text not in known][:_MOST]


def _without(site: Site, elements: list[ast.expr], at: int) -> Replacement:
    spans = [site.module.span(element) for element in elements]
    cut = (spans[0][0], spans[1][0]) if at == 0 else (spans[at - 1][1], spans[at][1])
    return Replacement(*cut, "", 0.35, site.module.span(site.node))


TEMPLATE = Template(
    name="element",
    prior=0.4,
    basis="TSSB-3M: Add Elements To Iterable 57K",
    kinds=(ast.Tuple, ast.List, ast.Set),
    find=_find,
)
