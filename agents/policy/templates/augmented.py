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
    start, gap = site.module.gap(target, node.value)
    at = start + gap.find("=")
    bound = dict(site.words.readable(node))
    earlier = not isinstance(target, ast.Name) or bound.get(target.id, 10**9) < node.lineno
    for place, operator in enumerate(("+", "-", "*", "|")):
        weight = (0.7 if earlier else 0.1) * 0.5**place
        yield Replacement(at, at + 1, f"{operator}=", weight, site.module.span(node))
    if isinstance(node.value, ast.BinOp) and isinstance(target, ast.Name):
        yield from _accumulated(site, node.value, target)


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
