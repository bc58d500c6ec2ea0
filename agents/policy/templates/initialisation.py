"""A name that only some paths bind: `x = None` before the branch."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import insert_before
from agents.policy.templates.kinds import kind_of
from agents.policy.templates.source import FunctionNode

_EMPTY = {"str": "''", "list": "[]", "int": "0", "dict": "{}", "bool": "False", "tuple": "()"}
_EMPTY |= {"float": "0.0", "set": "set()", "bytes": "b''"}
_MOST = 3


def _find(site: Site) -> Iterator[Replacement]:
    node, function = site.node, site.function
    if not isinstance(node, ast.stmt) or function is None:
        return
    for place, name in enumerate(_bound_first(site, node, function)[:_MOST]):
        later = 1.0 if _is_read_behind(site, name, node, function) else 0.3
        values = [*_kinds(site, name, node), "None", "''", "[]", "0", "False", "{}"]
        for rank, value in enumerate(dict.fromkeys(values)):
            weight = later * 0.85 ** (place + rank)
            yield from some(insert_before(site, node, f"{name} = {value}", weight=weight))


def _bound_first(site: Site, node: ast.stmt, function: FunctionNode) -> list[str]:
    """Names that this block is the first to bind."""
    bound = site.words.bindings(function)
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    stored = (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    names = dict.fromkeys(n.id for n in stored)
    return [name for name in names if bound.get(name, 0) in lines and name != "_"]


def _is_read_behind(site: Site, name: str, node: ast.stmt, function: FunctionNode) -> bool:
    last = node.end_lineno or node.lineno
    reads = (n for n in site.words.nodes(function) if isinstance(n, ast.Name) and n.id == name)
    return any(isinstance(n.ctx, ast.Load) and n.lineno > last for n in reads)


def _kinds(site: Site, name: str, node: ast.stmt) -> list[str]:
    """Empty values of what the block assigns."""
    assigned = (n for n in ast.walk(node) if isinstance(n, ast.Assign))
    values = [n.value for n in assigned if any(site.text(t) == name for t in n.targets)]
    kinds = [kind_of(value, site.words.kinds) for value in values]
    return [_EMPTY[kind] for kind in kinds if kind in _EMPTY]


TEMPLATE = Template(
    name="initialisation",
    prior=0.3,
    basis="PAR's initialiser; an unbound local is a defect of branches, and there are few a file",
    kinds=(ast.If, ast.For, ast.While, ast.Try, ast.With),
    find=_find,
)
