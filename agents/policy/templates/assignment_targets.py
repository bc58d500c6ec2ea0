"""Values unpacked in another order, or kept on self, and comparisons that should assign."""

import ast
from collections.abc import Iterator
from itertools import combinations

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if isinstance(node, ast.Tuple | ast.List):
        for left, right in combinations(node.elts[:4], 2):
            (start, middle), (resume, end) = site.module.span(left), site.module.span(right)
            between = site.module.text[middle:resume]
            text = site.text(right) + between + site.text(left)
            yield Replacement(start, end, text, 0.7, site.module.span(node))
    elif isinstance(node, ast.Expr):
        yield from _assigned(site, node.value)
    elif isinstance(node, ast.Assign):
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id in site.words.own_attributes(node):
            yield site.swap(target, f"self.{target.id}", 0.9)


def _assigned(site: Site, value: ast.expr) -> Iterator[Replacement]:
    """A result that is thrown away: `x == 1`, `name.strip()`, `sorted(items)`."""
    if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq):
        left, right = site.text(value.left), site.text(value.comparators[0])
        yield site.swap(value, f"{left} = {right}", 1.0)
    if not isinstance(value, ast.Call):
        return
    text = site.text(value)
    if isinstance(value.func, ast.Attribute):
        yield site.swap(value, f"{site.text(value.func.value)} = {text}", 0.6)
    for argument in value.args[:2]:
        if isinstance(argument, ast.Name | ast.Attribute):
            yield site.swap(value, f"{site.text(argument)} = {text}", 0.4)


TEMPLATE = Template(
    name="assignment",
    prior=0.5,
    basis="TBar FP4 and FP13; results thrown away are flake8-bugbear's B015 and pylint's W0106",
    kinds=(ast.Tuple, ast.List, ast.Expr, ast.Assign),
    find=_find,
)
