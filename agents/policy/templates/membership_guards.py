"""A lookup that may miss: `if k in d` before it, around it, or in the condition above it."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import insert_before, wrap_if
from agents.policy.templates.guards import exits

_SIMPLE = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)
_DEFAULTS = ("None", "''", "0", "[]")
_MOST_EXITS = 6


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice | ast.Tuple):
        return
    tests = _tests(site, node)
    if isinstance(node.ctx, ast.Load):
        for place, default in enumerate(_DEFAULTS):
            text = f"{site.text(node)} if {tests[0][0]} else {default}"
            yield site.fit(node, text, 0.5 * 0.85**place)
    statement = site.statement
    if isinstance(statement, _SIMPLE):
        for place, (good, bad) in enumerate(tests):
            yield from _before(site, statement, good, bad, 0.8**place)
    elif isinstance(statement, ast.If | ast.While) and isinstance(node.ctx, ast.Load):
        for place, (good, _) in enumerate(tests):
            tight = isinstance(statement.test, ast.Compare | ast.Call | ast.Name)
            old = site.text(statement.test) if tight else f"({site.text(statement.test)})"
            yield site.fit(statement.test, f"{good} and {old}", 0.9 * 0.8**place)


def _before(
    site: Site, node: ast.stmt, good: str, bad: str, weight: float
) -> Iterator[Replacement]:
    if not isinstance(node, ast.Return):
        yield from some(wrap_if(site, node, good, 0.8 * weight))
    for place, leave in enumerate(exits(site, node, "None")[:_MOST_EXITS]):
        lines = (f"if {bad}:", f"\t{leave}")
        offer = insert_before(site, node, *lines, weight=0.9 * weight * 0.85**place)
        yield from some(offer)


def _tests(site: Site, node: ast.Subscript) -> list[tuple[str, str]]:
    """Conditions under which a lookup hits, each with its opposite."""
    container, key = site.atom(node.value), site.atom(node.slice)
    if isinstance(node.slice, ast.UnaryOp):
        return [(container, f"not {container}")]
    length = f"len({site.text(node.value)})"
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
        return [(container, f"not {container}"), (f"{length} > {key}", f"{length} <= {key}")]
    known = (f"{key} in {container}", f"{key} not in {container}")
    if isinstance(node.slice, ast.Constant):
        return [known]
    return [known, (f"{key} < {length}", f"{key} >= {length}")]


TEMPLATE = Template(
    name="membership_guard",
    prior=0.25,
    basis="PAR's and TBar's range checker (FP3), collection size checker",
    kinds=(ast.Subscript,),
    find=_find,
)
