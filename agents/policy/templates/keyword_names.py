"""An argument given to the wrong keyword: `f(key=x)` → `f(name=x)`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.similarity import similarity
from agents.policy.templates.source import FunctionNode
from agents.policy.templates.vocabulary import parameters


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    given = {keyword.arg for keyword in node.keywords}
    names = [name for name in _accepted(site, node) if name not in given]
    for keyword in node.keywords:
        for name in names if keyword.arg else ():
            start, alike = site.module.span(keyword)[0], similarity(keyword.arg or "", name)
            end = start + len(keyword.arg or "")
            yield Replacement(start, end, name, 0.4 + 0.6 * alike, site.module.span(node))
    if node.args and not isinstance(node.args[-1], ast.Starred):
        for name in names:
            alike = similarity(site.text(node.args[-1]), name)
            text = f"{name}={site.text(node.args[-1])}"
            yield site.swap(node.args[-1], text, 0.2 + 0.5 * alike)


def _accepted(site: Site, call: ast.Call) -> list[str]:
    """Parameters of the callee, if the file defines it, and keywords of other calls to it."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    target = site.words.definitions.get(name)
    if isinstance(target, ast.ClassDef):
        inits = [n for n in target.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        target = inits[0] if inits else None
    own = [arg.arg for arg in parameters(target)] if isinstance(target, FunctionNode) else []
    seen = [
        text.partition("=")[0].strip() for text in site.words.keywords.get(_text(site, call), ())
    ]
    return [n for n in dict.fromkeys([*own, *seen]) if n not in ("self", "cls")]


def _text(site: Site, call: ast.Call) -> str:
    return site.text(call.func)


TEMPLATE = Template(
    name="keyword_name",
    prior=0.45,
    basis="TSSB-3M: Change Keyword Argument Used 20K, with few alternatives a call",
    kinds=(ast.Call,),
    find=_find,
)
