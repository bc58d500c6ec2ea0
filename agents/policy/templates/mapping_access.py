"""`d[k]` ↔ `d.get(k)` ↔ `d.pop(k)`; `.get` with a default; `k in d` ↔ `k in d.values()`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_DEFAULTS = ("None", "0", "''", "[]", "{}")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Subscript):
        yield from _looked_up(site, node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in ("get", "pop") and node.args:
            key = site.text(node.args[0])
            receiver = site.text(node.func.value)
            yield site.swap(node, f"{receiver}[{key}]", 0.7)
            for place, default in enumerate([*_DEFAULTS, key]):
                text = f"{receiver}.{node.func.attr}({key}, {default})"
                yield site.swap(node, text, 0.5 * 0.85**place)
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        container = node.comparators[0]
        for method in ("values()", "keys()"):
            yield site.swap(container, f"{site.atom(container)}.{method}", 0.3)


def _looked_up(site: Site, node: ast.Subscript) -> Iterator[Replacement]:
    if not isinstance(node.ctx, ast.Load) or isinstance(node.slice, ast.Slice | ast.Tuple):
        return
    container, key = site.atom(node.value), site.text(node.slice)
    numeric = isinstance(node.slice, ast.UnaryOp) or (
        isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int)
    )
    scale = 0.2 if numeric else 1.0
    yield site.swap(node, f"{container}.get({key})", 0.8 * scale)
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    unused = [name for name in site.words.arguments(node) if name not in used]
    for place, default in enumerate([*unused[:2], *_DEFAULTS[1:], key]):
        text = f"{container}.get({key}, {default})"
        yield site.swap(node, text, 0.7 * scale * 0.85**place)
    yield site.swap(node, f"{container}.pop({key})", 0.2 * scale)


TEMPLATE = Template(
    name="mapping_access",
    prior=0.45,
    basis="TSSB-3M: Add Method Call 60K; the Python twin of TBar's FP3 (range checker)",
    kinds=(ast.Subscript, ast.Call, ast.Compare),
    find=_find,
)
