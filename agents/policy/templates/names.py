"""Another variable: one that can be read at that point."""

import ast
import builtins
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.similarity import similarity

_ALIKE = 0.35
"""Names from farther away must look this much like the one that stands there."""


_OTHER_CASE = 0.25
"""A variable hardly ever stands where a class or a constant should, or the other way round."""


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Name):
        return
    if getattr(site.parent, "func", None) is node or node.id in ("self", "cls"):
        return  # callees have their own template
    line, readable = node.lineno, site.words.readable(node)
    bound_here = {name for name, bound in readable if bound == line} - _loop_names(site)
    for name, bound in readable:
        if name not in (node.id, "self", "cls") and name not in bound_here:
            near = 1.0 / (1.0 + abs(line - bound) / 20)
            yield site.swap(node, name, _weight(node, name, near))
    if isinstance(node.ctx, ast.Load):
        yield from _elsewhere(site, node)


def _elsewhere(site: Site, node: ast.Name) -> Iterator[Replacement]:
    """Attributes of self, and constants of the file."""
    for name in site.words.own_attributes(node):
        alike = similarity(node.id, name)
        if alike > _ALIKE:
            yield site.swap(node, f"self.{name}", 0.5 * alike)
    for name in site.words.globals:
        alike = similarity(node.id, name)
        if name != node.id and alike > _ALIKE:
            yield site.swap(node, name, 0.5 * alike)


def _weight(node: ast.Name, name: str, near: float) -> float:
    """Alike names and near ones first; targets of assignments are rarely wrong."""
    base = 0.35 + 0.45 * similarity(node.id, name) + 0.2 * near
    fixed = node.id.lstrip("_")[:1].isupper() or hasattr(builtins, node.id)
    if fixed and name.islower():
        base *= _OTHER_CASE
    return base if isinstance(node.ctx, ast.Load) else 0.4 * base


def _loop_names(site: Site) -> set[str]:
    """Names that a loop or comprehension binds on its own line can be read there."""
    ups = [site.node, *site.module.up(site.node)]
    targets = [up.target for up in ups if isinstance(up, ast.For | ast.AsyncFor)]
    parts = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    for up in ups:
        if isinstance(up, parts):
            targets.extend(gen.target for gen in up.generators)
        elif isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)} | {
                arg.arg for arg in ast.walk(up.args) if isinstance(arg, ast.arg)
            }
    return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}


TEMPLATE = Template(
    name="variable",
    prior=0.75,
    basis="TSSB-3M: Change Identifier Used 237K, the most frequent of all, spread over all names "
    "in scope; TBar FP13",
    kinds=(ast.Name,),
    find=_find,
)
