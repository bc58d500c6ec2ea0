"""A statement of the same function once more, before or after another one."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import insert_after, insert_before, is_docstring, is_first

_SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr)
_NEAREST = 6


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.stmt):
        return
    if is_docstring(node):
        return
    for place, text in enumerate(_donors(site, node)):
        yield from some(insert_after(site, node, text, weight=0.8 * 0.85**place))
        if is_first(site, node):
            yield from some(insert_before(site, node, text, weight=0.6 * 0.85**place))


def _donors(site: Site, node: ast.stmt) -> list[str]:
    """One-line statements, nearest first."""
    below = [n for n in site.words.nodes(site.function) if isinstance(n, _SIMPLE) and n is not node]
    near = sorted(below, key=lambda n: (abs(n.lineno - node.lineno), n.lineno))
    texts = [site.text(n) for n in near if not is_docstring(n)]
    return [text for text in dict.fromkeys(texts) if "\n" not in text][:_NEAREST]


TEMPLATE = Template(
    name="statement_copied",
    prior=0.2,
    basis="GenProg's insert, restricted to the function (plastic surgery at the nearest scope)",
    kinds=(*_SIMPLE, ast.If, ast.For, ast.While),
    find=_find,
)
