"""A missing `global` or `nonlocal`: the assignment made a local of the same name."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import insert_before, is_docstring
from agents.policy.templates.source import FunctionNode


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, FunctionNode):
        return
    body = [n for n in node.body if not is_docstring(n)]
    if not body:
        return
    local = site.words.bindings(node)
    declared = {n for s in ast.walk(node) if isinstance(s, ast.Global) for n in s.names}
    for name in local:
        if name in site.words.globals and name not in declared and not _is_parameter(node, name):
            yield from some(insert_before(site, body[0], f"global {name}", weight=0.9))
    outer = site.function
    for name in site.words.bindings(outer) if outer else ():
        if name in local and not _is_parameter(node, name):
            yield from some(insert_before(site, body[0], f"nonlocal {name}", weight=0.9))


def _is_parameter(node: FunctionNode, name: str) -> bool:
    return any(isinstance(n, ast.arg) and n.arg == name for n in ast.walk(node.args))


TEMPLATE = Template(
    name="scoping",
    prior=0.7,
    basis="UnboundLocalError's only two cures; sites are rare",
    kinds=(ast.FunctionDef, ast.AsyncFunctionDef),
    find=_find,
)
