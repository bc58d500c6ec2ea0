"""Augmented assignment: += ↔ =, another operator, the value with another sign."""

import ast
from collections.abc import Iterator

from agents.policy.templates.arithmetic import ALTERNATIVES, SPELLING
from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Assign):
        yield from _plain(site, node)
        return
    if not isinstance(node, ast.AugAssign):
        return
    old = SPELLING[type(node.op)]
    start, gap = site.module.gap(node.target, node.value)
    at = start + gap.find(f"{old}=")
    shown = site.module.span(node)
    yield Replacement(at, at + len(old) + 1, "=", 0.8, shown)
    for place, new in enumerate(ALTERNATIVES[old]):
        yield Replacement(at, at + len(old), new, 0.9 * 0.8**place, shown)
    if isinstance(node.value, ast.Call | ast.Name):
        yield site.swap(node.value, f"[{site.text(node.value)}]", 0.2)


def _plain(site: Site, node: ast.Assign) -> Iterator[Replacement]:
    """Only where the target had a value before."""
    target = node.targets[0]
    if len(node.targets) > 1 or isinstance(target, ast.Tuple | ast.List):
        return
    if isinstance(node.value, ast.BinOp) and isinstance(target, ast.Name):
        yield from _accumulated(site, node.value, target)
    if not _had_value(site, node, target):
        return
    start, gap = site.module.gap(target, node.value)
    at = start + gap.find("=")
    for place, operator in enumerate(("+", "-", "*", "|")):
        weight = 0.7 * 0.5**place * (0.3 if _reads(node, site.text(target), site) else 1.0)
        yield Replacement(at, at + 1, f"{operator}=", weight, site.module.span(node))


def _reads(node: ast.Assign, target: str, site: Site) -> bool:
    """Whether the new value is made of the old one already."""
    parts = (n for n in ast.walk(node.value) if isinstance(n, ast.Name | ast.Attribute))
    return any(site.text(part) == target for part in parts)


def _had_value(site: Site, node: ast.Assign, target: ast.expr) -> bool:
    """Whether something was bound before: not by a first binding, nor in most of `__init__`."""
    if isinstance(target, ast.Name):
        return dict(site.words.readable(node)).get(target.id, node.lineno) < node.lineno
    if site.function is None or site.function.name not in ("__init__", "__new__", "setUp"):
        return site.function is not None
    stores = (n for n in site.words.nodes(site.function) if isinstance(n, ast.Attribute))
    return any(n.lineno < node.lineno and site.text(n) == site.text(target) for n in stores)


def _accumulated(site: Site, value: ast.BinOp, target: ast.Name) -> Iterator[Replacement]:
    """`x = y + z` → `x = x + z`: the running value was forgotten."""
    if isinstance(value.left, ast.Name) and value.left.id != target.id:
        yield site.swap(value.left, target.id, 0.3)


TEMPLATE = Template(
    name="augmented",
    prior=0.6,
    basis="TBar FP11 (mutate operators); mutmut",
    kinds=(ast.AugAssign, ast.Assign),
    find=_find,
)
