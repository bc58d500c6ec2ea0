"""`in` a list that the loop itself appends to: keep a set beside it."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.edits import lines_of
from agents.policy.templates.faster.repeated import loops, unused
from agents.policy.templates.source import Module, Span, first_line


def _find(site: Site) -> Iterator[Replacement]:
    """The whole outermost loop, with the set made of the list before it and kept up in it."""
    held = [loop for loop in loops(site) if isinstance(loop, ast.stmt)]
    name = _searched(site.node)
    margin = site.module.margin(held[-1]) if held else None
    if not name or margin is None:
        return
    module, loop = site.module, held[-1]
    keeper = unused(module, f"{name}_set")
    changes = list(_kept_up(module, loop, name, keeper))
    if len(changes) < len(_appends(loop, name)) + 1 or len(changes) < 2:  # noqa: PLR2004 - both kinds
        return
    start = module.line_start(first_line(loop)) + len(margin)
    end = module.span(loop)[1]
    text = f"{keeper} = set({name}){module.newline}{margin}" + _changed(
        module, (start, end), changes
    )
    yield Replacement(start, end, text)


def _searched(node: ast.AST) -> str:
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[-1], ast.In | ast.NotIn):
        return ""
    last = node.comparators[-1]
    return last.id if isinstance(last, ast.Name) else ""


def _kept_up(module: Module, loop: ast.stmt, name: str, keeper: str) -> Iterator[tuple[Span, str]]:
    for part in ast.walk(loop):
        if _searched(part) == name and isinstance(part, ast.Compare):
            yield module.span(part.comparators[-1]), keeper
    for statement, item in _appends(loop, name):
        span, margin = lines_of(module, statement), module.margin(statement)
        if span and margin is not None:
            end = module.span(statement)[1]
            yield (end, end), f"{module.newline}{margin}{keeper}.add({module.source(item)})"


def _appends(loop: ast.stmt, name: str) -> list[tuple[ast.Expr, ast.expr]]:
    """Statements ``name.append(item)``, each with its item."""
    return [
        (part, item)
        for part in ast.walk(loop)
        if isinstance(part, ast.Expr) and (item := _appended(part.value, name)) is not None
    ]


def _appended(call: ast.expr, name: str) -> ast.expr | None:
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    to = call.func.value
    mine = isinstance(to, ast.Name) and to.id == name and call.func.attr == "append"
    return call.args[0] if mine and call.args else None


def _changed(module: Module, span: Span, changes: list[tuple[Span, str]]) -> str:
    text, place = "", span[0]
    for (start, end), new in sorted(changes):
        text += module.text[place:start] + new
        place = end
    return text + module.text[place : span[1]]


TEMPLATE = Template(
    name="seen",
    prior=0.9,
    basis="removing duplicates by a list, its stock variant; the prior is not measured",
    kinds=(ast.Compare,),
    find=_find,
)
