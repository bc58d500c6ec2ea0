"""A statement in the wrong place: after its neighbour, out of its block, or into the one above."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import (
    dedent,
    indent_into,
    is_docstring,
    siblings,
    swap_with_next,
)

_BLOCKS = (ast.For, ast.While, ast.If, ast.With, ast.Try)


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.stmt):
        return
    if is_docstring(node):
        return
    block = siblings(site, node)
    at = block.index(node)
    yield from some(swap_with_next(site, node, 0.7))
    if at == len(block) - 1 and at > 0 and isinstance(site.parent, _BLOCKS):
        yield from some(dedent(site, node, 1.0))
    if at > 0 and isinstance(block[at - 1], _BLOCKS) and not isinstance(node, _BLOCKS):
        yield from some(indent_into(site, node, block[at - 1], 0.8))


TEMPLATE = Template(
    name="statement_moved",
    prior=0.4,
    basis="TBar FP14 (move statement); GenProg's swap; wrong indentation in Python",
    kinds=(*_BLOCKS, ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.Continue, ast.Break),
    find=_find,
)
