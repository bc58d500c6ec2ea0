"""A guard of another function of the file, where all that it reads can be read too."""

import ast
import builtins
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import insert_before, is_docstring, is_first

_MOST = 8
_EXITS = (ast.Return, ast.Raise, ast.Continue)


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.stmt) or is_docstring(node) or site.function is None:
        return
    readable = {name for name, bound in site.words.readable(node) if bound <= node.lineno}
    base = 1.0 if is_first(site, node) else 0.5
    place = 0
    for donor in _donors(site):
        reads = {n.id for n in ast.walk(donor) if isinstance(n, ast.Name)}
        if place < _MOST and reads - readable <= _everywhere(site) and reads & readable:
            lines = (f"if {site.text(donor.test)}:", f"\t{site.text(donor.body[0])}")
            yield from some(insert_before(site, node, *lines, weight=base * 0.85**place))
            place += 1


def _donors(site: Site) -> list[ast.If]:
    """`if` statements of the file that do nothing but leave, each text once."""
    found: dict[str, ast.If] = {}
    for node in site.words.nodes(None):
        if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[0], _EXITS):
            text = site.text(node)
            if len(text.splitlines()) == len(("if", "exit")):
                found.setdefault(text, node)
    return list(found.values())


def _everywhere(site: Site) -> set[str]:
    return {*dir(builtins), *site.words.definitions, *site.words.globals}


TEMPLATE = Template(
    name="guard_copied",
    prior=0.45,
    basis="TBar FP2 and FP3 with a donor from the file (Barr et al. 2014)",
    kinds=(ast.Assign, ast.AugAssign, ast.Return, ast.Expr, ast.If, ast.For, ast.While, ast.Try),
    find=_find,
)
