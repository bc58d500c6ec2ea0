"""A statement that may fail, in a `try` of its own."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.edits import lines_of, shift, spans_string
from agents.policy.templates.guards import exits

_CONVERSIONS = frozenset({"int", "float", "complex", "bytes", "chr"})
_MOST_EXITS = 5


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.stmt) or site.function is None or _spread(node):
        return
    module = site.module
    margin, span = module.margin(node), lines_of(module, node)
    if margin is None or span is None or spans_string(node):
        return
    inner = shift(module, span, module.indent)
    inner += "" if inner.endswith(("\r", "\n")) else module.newline
    for place, kind in enumerate(_exceptions(site, node)):
        for rank, leave in enumerate(_leaves(site, node)):
            head = f"{margin}try:{module.newline}{inner}{margin}except {kind}:{module.newline}"
            text = f"{head}{margin}{module.indent}{leave}{module.newline}"
            yield Replacement(*span, text, 0.9 * 0.7**place * 0.8**rank)


def _spread(node: ast.stmt) -> bool:
    return (node.end_lineno or node.lineno) > node.lineno


def _exceptions(site: Site, node: ast.stmt) -> list[str]:
    """What the reproduction dies of, then what the statement itself may raise."""
    below = list(ast.walk(node))
    found = list(site.words.failed)
    if any(isinstance(n, ast.Call) and getattr(n.func, "id", "") in _CONVERSIONS for n in below):
        found.append("ValueError")
    if any(isinstance(n, ast.Subscript) and not isinstance(n.slice, ast.Slice) for n in below):
        found.extend(("KeyError", "IndexError"))
    return list(dict.fromkeys(found))[:3]


def _leaves(site: Site, node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    plain = [site.text(t) for t in targets if isinstance(t, ast.Name)]
    assigned = [f"{name} = None" for name in plain]
    return list(dict.fromkeys([*assigned, *exits(site, node, "None")[:_MOST_EXITS], "pass"]))


TEMPLATE = Template(
    name="try_wrapped",
    prior=0.2,
    basis="ManySStuBs4J: Missing Throws, handled here; AutoFix's guarded snippets",
    kinds=(ast.Assign, ast.Return, ast.Expr, ast.AugAssign),
    find=_find,
)
