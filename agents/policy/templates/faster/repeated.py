"""What is evaluated again and again although nothing changes it, and how to do it once before."""

import ast
import re
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site
from agents.policy.templates.source import FunctionNode, Module, first_line

ANSWERING = frozenset(
    {
        "compile",
        "join",
        "split",
        "lower",
        "upper",
        "strip",
        "match",
        "search",
        "get",
        "items",
        "keys",
    }
)
"""Methods that change nothing, whatever of the standard library they are called on."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def outermost(site: Site, names: set[str]) -> ast.AST | None:
    """The largest loop or comprehension around the node that changes none of `names`."""
    found = None
    for loop in loops(site):
        if names & changed(loop):
            break
        found = loop
    return found


def loops(site: Site) -> Iterator[ast.AST]:
    """Loops and comprehensions that evaluate the node again and again, innermost first."""
    inner: ast.AST = site.node
    below: ast.AST = site.node
    for up in site.module.up(site.node):
        if isinstance(up, FunctionNode | ast.Lambda | ast.ClassDef):
            return
        if _repeats(up, below, inner):
            yield up
        inner, below = below, up


def changed(node: ast.AST) -> set[str]:
    """Names that are bound or may be mutated there: by a method, or by a store into an item."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            found.add(part.id)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            found |= set() if part.func.attr in ANSWERING else names_of(part.func.value)
        elif isinstance(part, ast.Subscript | ast.Attribute) and not isinstance(part.ctx, ast.Load):
            found |= names_of(part.value)
    return found


def names_of(node: ast.AST) -> set[str]:
    """All names in a piece of code."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def before(site: Site, loop: ast.AST, name: str, value: str, weight: float) -> Replacement | None:
    """``name = value`` in front of the loop's statement, and `name` in place of the node."""
    module = site.module
    statement = loop if isinstance(loop, ast.stmt) else site.statement
    margin = module.margin(statement)
    if margin is None:
        return None
    start = module.line_start(first_line(statement)) + len(margin)
    node_start, node_end = module.span(site.node)
    line = f"{name} = {value}{module.newline}{margin}"
    return Replacement(start, node_end, f"{line}{module.text[start:node_start]}{name}", weight)


def unused(module: Module, name: str) -> str:
    """`name`, or one like it that the file does not use yet."""
    while re.search(rf"\b{name}\b", module.text):
        name += "_"
    return name


def _repeats(loop: ast.AST, below: ast.AST, inner: ast.AST) -> bool:
    """Whether what lies in `inner`, in `below`, a child of `loop`, is evaluated more than once."""
    if isinstance(loop, ast.For | ast.AsyncFor):
        return below in loop.body
    if isinstance(loop, ast.While):
        return below not in loop.orelse
    return isinstance(loop, _COMPREHENSIONS) and inner is not loop.generators[0].iter
