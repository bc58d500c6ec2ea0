"""A parameter that was not passed on to a call: `f(x)` → `f(x, key=key)`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.calls import append, insert_first
from agents.policy.templates.vocabulary import parameters


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    given = {keyword.arg for keyword in node.keywords}
    accepted = _accepted(site, node)
    for name in site.words.arguments(node):
        if name in used or name in given:
            continue
        known = accepted is not None and name in accepted
        if accepted is None or known:
            yield append(site, node, f"{name}={name}", 1.0 if known else 0.4)
        if accepted is None or len(accepted) > len(node.args):
            yield append(site, node, name, 0.5)
    yield from _stars(site, node, used)


def _stars(site: Site, node: ast.Call, used: set[str]) -> Iterator[Replacement]:
    function = site.function
    if function is None:
        return
    for star, arg in (("*", function.args.vararg), ("**", function.args.kwarg)):
        if arg is not None and arg.arg not in used:
            yield append(site, node, star + arg.arg, 0.6)
    if function.args.args[:1] and function.args.args[0].arg == "self" and "self" not in used:
        yield insert_first(site, node, "self", 0.2)


def _accepted(site: Site, node: ast.Call) -> set[str] | None:
    """Parameter names of what is called; None when the file does not define it."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    target = site.words.definitions.get(name)
    if isinstance(target, ast.ClassDef):
        inits = [n for n in target.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        target = inits[0] if inits else None
    return {arg.arg for arg in parameters(target)} - {"self", "cls"} if target else None


TEMPLATE = Template(
    name="argument_forward",
    prior=0.5,
    basis="TSSB-3M: Same Function More Args 150K; a parameter that nobody reads is a strong sign",
    kinds=(ast.Call,),
    find=_find,
)
