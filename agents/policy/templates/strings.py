"""A character too many or too few at the edge of a string constant; its case."""

import ast
import re
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_EDGES = (" ", ",", ".", "/", ":", "-", "_", "\\n", ";", "=", "#", "s")
_LONGEST = 40
_LITERAL = re.compile(r"([rbuRBU]*)('|\")((?:[^\\\r\n]|\\.)*)\2\Z")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Constant):
        return
    if not isinstance(node.value, str | bytes) or isinstance(site.parent, ast.Expr):
        return
    hit = _LITERAL.match(site.text(node))
    if hit is None or isinstance(site.parent, ast.JoinedStr):
        return
    prefix, quote, body = hit.groups()
    for text, weight in _edited(body):
        if "r" not in prefix.lower() or "\\" not in text:
            yield site.swap(node, f"{prefix}{quote}{text}{quote}", weight)


def _edited(body: str) -> Iterator[tuple[str, float]]:
    for place, edge in enumerate(_EDGES):
        if len(body) <= _LONGEST:
            yield body + edge, 0.5 * 0.92**place
            yield edge + body, 0.4 * 0.92**place
    if len(body) > 1:
        if body[-2] != "\\":
            yield body[:-1], 0.7
        if body[0] != "\\":
            yield body[1:], 0.6
        yield body[:-2] if body[-2] == "\\" else body.strip(), 0.6
    if re.search("[A-Za-z]", body) and "\\" not in body:
        for other in (body.lower(), body.upper(), body.capitalize(), body.title()):
            yield other, 0.35
        yield body.replace("_", "-"), 0.3
        yield body.replace("-", "_"), 0.3


TEMPLATE = Template(
    name="string",
    prior=0.35,
    basis="TBar FP9 (mutate literal); at least 20% of TSSB-3M's bugs are likely typos",
    kinds=(ast.Constant,),
    find=_find,
)
