"""A recursive step: its result returned, yielded from, or collected."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.vocabulary import is_name


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    function = site.function
    if function is None:
        return
    own = is_name(node.func, function.name) or (
        isinstance(node.func, ast.Attribute) and node.func.attr == function.name
    )
    if not own:
        return
    text = site.text(node)
    if isinstance(site.parent, ast.Expr):
        yield site.swap(node, f"yield from {text}", 0.8)
        for name, _ in site.words.readable(node)[:4]:
            yield site.swap(node, f"{name} = {text}", 0.6)
            yield site.swap(node, f"{name} += {text}", 0.5)
            yield site.swap(node, f"{name}.extend({text})", 0.5)
    else:
        for place, operator in enumerate(("1 + ", "-", "not ")):
            yield site.fit(node, f"{operator}{text}", 0.4 * 0.8**place)
    for argument in node.args:
        if isinstance(argument, ast.Name):
            for change in (" - 1", " + 1", "[1:]", "[:-1]", " // 2"):
                yield site.swap(argument, argument.id + change, 0.45)


TEMPLATE = Template(
    name="recursion",
    prior=0.5,
    basis="QuixBugs' family: half of its programs recurse; few sites in ordinary code",
    kinds=(ast.Call,),
    find=_find,
)
