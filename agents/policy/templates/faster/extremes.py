"""Sorting for the sake of one end."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_END = {"0": "min", "-1": "max"}


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Call):
        return
    call, end = node.value, _END.get(site.text(node.slice))
    if end is None or site.text(call.func) != "sorted":
        return
    if all(keyword.arg == "key" for keyword in call.keywords):
        start, after = site.module.span(call.func)[1], site.module.span(call)[1]
        yield site.swap(node, end + site.module.text[start:after])


TEMPLATE = Template(
    name="extremes",
    prior=0.6,
    basis="refurb's FURB192 and its kin among linters; the prior is not measured",
    kinds=(ast.Subscript,),
    find=_find,
)
