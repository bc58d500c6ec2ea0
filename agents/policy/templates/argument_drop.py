"""A call with one argument less, or with the default in place of a keyword."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.calls import arguments, without


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    given = arguments(node)
    for argument in given:
        last = argument is given[-1]
        keyword = isinstance(argument, ast.keyword)
        if site.module.span(argument)[1] < site.module.span(node)[1]:
            yield without(site, node, argument, 1.0 if keyword else 0.8 if last else 0.4)


TEMPLATE = Template(
    name="argument_drop",
    prior=0.35,
    basis="TSSB-3M: Same Function Less Args 50K",
    kinds=(ast.Call,),
    find=_find,
)
