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
from agents.policy.templates.source import FunctionNode

_BLOCKS = (ast.For, ast.While, ast.If, ast.With, ast.Try)


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.stmt):
        return
    if is_docstring(node):
        return
    block = siblings(site, node)
    at = block.index(node)
    after = block[at + 1] if at + 1 < len(block) else None
    related = after is not None and bool(_touched(node) & _touched(after))
    if not isinstance(after, ast.ClassDef | FunctionNode | ast.Import | ast.ImportFrom):
        yield from some(swap_with_next(site, node, 0.7 if related else 0.15))
    if at == len(block) - 1 and at > 0 and isinstance(site.parent, _BLOCKS):
        yield from some(dedent(site, node, 1.0))
    if at > 0 and isinstance(block[at - 1], _BLOCKS) and not isinstance(node, _BLOCKS):
        yield from some(indent_into(site, node, block[at - 1], 0.8))


def _touched(node: ast.stmt) -> set[str]:
    """What ties two statements to their order: shared names, calls, and ways out."""
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {"self", "cls"}
    found |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    kinds = (ast.Call, ast.Return, ast.Raise, ast.Break, ast.Continue, ast.Yield, ast.Await)
    return found | ({"()"} if any(isinstance(n, kinds) for n in ast.walk(node)) else set())


TEMPLATE = Template(
    name="statement_moved",
    prior=0.4,
    basis="TBar FP14 (move statement); GenProg's swap; wrong indentation in Python",
    kinds=(*_BLOCKS, ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.Continue, ast.Break),
    find=_find,
)
