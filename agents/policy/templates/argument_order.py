"""Two arguments of a call exchanged."""

import ast
from collections.abc import Iterator
from itertools import combinations

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.calls import exchanged


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    for left, right in combinations(range(min(len(node.args), 5)), 2):
        weight = 1.0 if right == left + 1 else 0.5
        yield exchanged(site, node, node.args[left], node.args[right], weight)
    for one, two in combinations(node.keywords, 2):
        yield exchanged(site, node, one.value, two.value, 0.3)
    if isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        receiver, argument = node.func.value, node.args[0]
        text = f"{site.atom(argument)}.{node.func.attr}({site.text(receiver)})"
        yield site.swap(node, text, 0.4)


TEMPLATE = Template(
    name="argument_order",
    prior=0.5,
    basis="TSSB-3M: Same Function Swap Args 8K, Wrong Caller 25K, with one or two alternatives",
    kinds=(ast.Call,),
    find=_find,
)
