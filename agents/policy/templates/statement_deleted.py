"""A statement too many."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import delete, is_docstring

_SAFE = (ast.Expr, ast.AugAssign, ast.Delete, ast.Continue, ast.Break, ast.Raise, ast.Return)


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.stmt):
        return
    if not is_docstring(node):
        yield from some(delete(site, node, 0.9 if isinstance(node, _SAFE) else 0.5))


TEMPLATE = Template(
    name="statement_deleted",
    prior=0.3,
    basis="GenProg's delete; TBar FP15. Kept low: deleting functionality is the classic overfit "
    "patch (Qi et al. 2015)",
    kinds=(*_SAFE, ast.Assign, ast.If, ast.For, ast.While, ast.Assert),
    find=_find,
)
