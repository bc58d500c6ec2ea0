"""Slices: the other side, no bound, other bounds, a step."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Subscript):
        return
    if isinstance(node.slice, ast.Slice):
        yield from _slice(site, node, node.slice)
    elif isinstance(node.ctx, ast.Load):
        index = site.text(node.slice)
        if isinstance(node.slice, ast.Name | ast.UnaryOp | ast.Constant | ast.BinOp):
            yield site.swap(node.slice, f"{index}:", 0.25)
            yield site.swap(node.slice, f":{index}", 0.25)


def _slice(site: Site, node: ast.Subscript, slice_: ast.Slice) -> Iterator[Replacement]:
    lower, upper, step = (
        site.text(part) if part is not None else ""
        for part in (slice_.lower, slice_.upper, slice_.step)
    )
    tail = f":{step}" if step else ""
    for weight, text in _variants(lower, upper):
        yield site.swap(slice_, text + tail, weight)
    if step:
        yield site.swap(slice_, f"{lower}:{upper}", 0.6)
        yield site.swap(slice_, f"{lower}:{upper}:-{step}", 0.5)
    else:
        yield site.swap(slice_, f"{lower}:{upper}:-1", 0.25)
        yield site.swap(slice_, f"{lower}:{upper}:2", 0.15)
    if isinstance(site.parent, ast.expr | ast.Return | ast.Assign | ast.For):
        yield site.swap(node, site.text(node.value), 0.35)


def _variants(lower: str, upper: str) -> Iterator[tuple[float, str]]:
    if lower and upper:
        yield 0.6, f"{lower}:"
        yield 0.6, f":{upper}"
        yield 0.4, f"{upper}:{lower}"
    elif lower:
        yield 0.7, f":{lower}"
        yield 0.5, f"{lower}:-1"
    elif upper:
        yield 0.7, f"{upper}:"
        yield 0.5, f"1:{upper}"
    else:
        yield 0.6, "1:"
        yield 0.6, ":-1"


TEMPLATE = Template(
    name="slice",
    prior=0.6,
    basis="TSSB-3M: Change Numeric Literal 97K and Change Operand cover bounds; PySStuBs",
    kinds=(ast.Subscript,),
    find=_find,
)
