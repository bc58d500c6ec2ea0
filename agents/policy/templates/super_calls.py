"""A call of the parent's method that was forgotten, with the arguments that fit."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import insert_before, is_docstring
from agents.policy.templates.source import FunctionNode


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, FunctionNode):
        return
    if not isinstance(site.parent, ast.ClassDef) or not site.parent.bases:
        return
    body = [n for n in node.body if not is_docstring(n)]
    if not body or any(_is_super(n) for n in ast.walk(node)):
        return
    weight = 1.0 if node.name == "__init__" else 0.3
    for place, given in enumerate(_arguments(node)):
        call = f"super().{node.name}({given})"
        offer = insert_before(site, body[0], call, weight=weight * 0.8**place)
        yield from some(offer)


def _is_super(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "super"


def _arguments(node: FunctionNode) -> list[str]:
    names = [arg.arg for arg in node.args.args[1:]]
    keywords = [f"{arg.arg}={arg.arg}" for arg in node.args.kwonlyargs]
    stars = [f"*{node.args.vararg.arg}"] if node.args.vararg else []
    stars += [f"**{node.args.kwarg.arg}"] if node.args.kwarg else []
    offers = [[*names, *keywords, *stars], [], stars, *([name] for name in names), names[:-1]]
    return list(dict.fromkeys(", ".join(offer) for offer in offers))


TEMPLATE = Template(
    name="super_call",
    prior=0.6,
    basis="pylint's W0231 (super-init-not-called); TBar FP4 (insert missed statement)",
    kinds=(ast.FunctionDef, ast.AsyncFunctionDef),
    find=_find,
)
