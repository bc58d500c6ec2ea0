"""Formats: conversions and precisions of f-strings, `%` codes and `str.format` fields."""

import ast
import re
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_CODE = re.compile(r"%(\([^)]*\))?[-+ #0]*\d*(?:\.\d+)?([srdifgx])")
_FIELD = re.compile(r"\{([^{}!:]*)(![rsa])?(:[^{}]*)?\}")
_SPEC = re.compile(r":([<>^])?(\d+)?(\.\d+)?([dfsgx%])?\Z")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Constant | ast.JoinedStr):
        return
    if isinstance(site.parent, ast.Expr | ast.JoinedStr | ast.FormattedValue):
        return
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return
    start, literal = site.module.span(node)[0], site.text(node)
    if isinstance(node, ast.Constant) and isinstance(site.parent, ast.BinOp):
        for hit in _CODE.finditer(literal):
            for other in "srdfg".replace(hit[2], ""):
                at = start + hit.start(2)
                yield Replacement(at, at + 1, other, 0.5, site.module.span(node))
    if isinstance(node, ast.JoinedStr) or isinstance(site.parent, ast.Attribute):
        for hit in _FIELD.finditer(literal):
            yield from _field(site, hit, start)


def _field(site: Site, hit: re.Match[str], start: int) -> Iterator[Replacement]:
    shown = site.module.span(site.node)
    behind, end = start + hit.end(1), start + hit.end() - 1
    if hit[2]:
        yield Replacement(behind, behind + 2, "", 0.8, shown)
    else:
        yield Replacement(behind, behind, "!r", 0.8, shown)
    if hit[3]:
        after = start + hit.start(3)
        for place, spec in enumerate(_specs(hit[3])):
            yield Replacement(after, end, spec, 0.8 * 0.85**place, shown)
    else:
        for place, spec in enumerate((":02d", ":.2f", ":,", ":d", ":.1f", ":02x")):
            yield Replacement(end, end, spec, 0.4 * 0.85**place, shown)


def _specs(spec: str) -> list[str]:
    """The same specification with another alignment, width, precision or type."""
    hit = _SPEC.match(spec)
    if hit is None:
        return [""]
    align, width, precision, kind = (part or "" for part in hit.groups())
    others = [f":{other}{width}{precision}{kind}" for other in "<>^" if align and other != align]
    for change in (1, -1):
        if width:
            zero = "0" if width.startswith("0") else ""
            others.append(f":{align}{zero}{max(0, int(width) + change)}{precision}{kind}")
        if precision:
            digits = max(0, int(precision[1:]) + change)
            others.append(f":{align}{width}.{digits}{kind}")
    if width and not align:
        others += [f":{other}{spec[1:]}" for other in "<>0"]
    return [*others, ""]


TEMPLATE = Template(
    name="formatting",
    prior=0.4,
    basis="TBar FP9 (mutate literal), on the part of a literal that is code",
    kinds=(ast.Constant, ast.JoinedStr),
    find=_find,
)
