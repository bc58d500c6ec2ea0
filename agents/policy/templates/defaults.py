"""Defaults of parameters: shared mutable ones, wrong ones, missing ones."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.edits import is_docstring
from agents.policy.templates.source import FunctionNode

_VALUES = ("None", "True", "False", "0", "1", "''", "()", "-1")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, FunctionNode):
        return
    for arg, default in _defaulted(node):
        if isinstance(default, ast.List | ast.Dict | ast.Set | ast.Call):
            yield from _fresh(site, node, arg, default)
        text = site.text(default)
        for place, other in enumerate(v for v in _VALUES if v != text):
            yield site.swap(default, other, 0.5 * 0.85**place)


def _defaulted(node: FunctionNode) -> list[tuple[ast.arg, ast.expr]]:
    given = node.args
    named = [*given.posonlyargs, *given.args]
    tail = named[len(named) - len(given.defaults) :]
    optional = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    keyword = [(arg, default) for arg, default in optional if default is not None]
    return [*zip(tail, given.defaults, strict=True), *keyword]


def _fresh(
    site: Site, node: FunctionNode, arg: ast.arg, default: ast.expr
) -> Iterator[Replacement]:
    """`def f(x=[])` → `def f(x=None)` with `if x is None: x = []` as the first statement."""
    body = [n for n in node.body if not is_docstring(n)]
    module = site.module
    margin = module.margin(body[0]) if body else None
    if margin is None:
        return
    start, end = module.span(default)
    target = module.line_start(body[0].lineno)
    if getattr(body[0], "decorator_list", ()):
        return
    lines = (f"{margin}if {arg.arg} is None:", f"{margin}{module.indent}{arg.arg} = ")
    guard = module.newline.join(lines) + module.text[start:end] + module.newline
    text = "None" + module.text[end:target] + guard
    yield Replacement(start, target, text, 1.0, (start, end))


TEMPLATE = Template(
    name="default",
    prior=0.6,
    basis="mutable defaults are pylint's W0102; TSSB-3M: Change Boolean Literal 37K",
    kinds=(ast.FunctionDef, ast.AsyncFunctionDef),
    find=_find,
)
