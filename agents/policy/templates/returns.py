"""A missing or needless return, or another value returned."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import insert_after, siblings
from agents.policy.templates.source import FunctionNode
from agents.policy.templates.vocabulary import is_name

_VALUES = ("None", "True", "False", "''", "[]", "0")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    function = site.function
    if function is None:
        return
    if isinstance(node, ast.Expr):
        said = isinstance(node.value, ast.Call) and is_name(node.value.func, "print")
        if not said and not isinstance(node.value, ast.Constant | ast.Yield | ast.YieldFrom):
            yield site.swap(node, f"return {site.text(node)}", 0.9)
    elif isinstance(node, ast.Return):
        yield from _other(site, node)
    if isinstance(node, ast.stmt) and siblings(site, node)[-1] is node:
        yield from _appended(site, node, function)


def _other(site: Site, node: ast.Return) -> Iterator[Replacement]:
    for place, text in enumerate(_VALUES):
        if node.value is None or text != site.text(node.value):
            yield site.swap(node, f"return {text}", 0.3 * 0.85**place)
    if node.value is None:
        for place, (name, _) in enumerate(site.words.readable(node)[:6]):
            yield site.swap(node, f"return {name}", 0.7 * 0.85**place)
    elif not isinstance(node.value, ast.Constant | ast.Name):
        yield site.swap(node, site.text(node.value), 0.1)


def _appended(site: Site, node: ast.stmt, function: FunctionNode) -> Iterator[Replacement]:
    """A return behind the last statement of a block; at the end of the function it matters most."""
    if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return
    base = 0.8 if function.body[-1] is node else 0.45
    names = _targets(node)
    bound = sorted(site.words.readable(node), key=lambda item: (-item[1], item[0]))
    offers = dict.fromkeys([*names, *(name for name, _ in bound), *_VALUES[:3]])
    for place, text in enumerate(list(offers)[:8]):
        yield from some(insert_after(site, node, f"return {text}", weight=base * 0.8**place))


def _targets(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


TEMPLATE = Template(
    name="return",
    prior=0.4,
    basis="TBar FP12 (mutate return statement)",
    kinds=(ast.Expr, ast.Return, ast.Assign, ast.AugAssign, ast.For, ast.While, ast.If),
    find=_find,
)
