"""Remember what a function answered, where it looks as if it only computes."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.edits import is_docstring
from agents.policy.templates.kinds import assigned, kind_of
from agents.policy.templates.source import first_line

_EFFECTS = (ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal)
_ACTS = {"print", "open", "input", "next", "setattr", "exec", "eval", "random", "time"}
_SHARED = {"list", "dict", "set"}
"""A caller may change what it gets, and so what all others get."""


def _find(site: Site) -> Iterator[Replacement]:
    """A decorator at the function, and the import at the top of the file."""
    node, module = site.node, site.module
    if not isinstance(node, ast.FunctionDef) or not isinstance(site.parent, ast.Module):
        return
    margin = module.margin(node)
    if node.decorator_list or margin is None or not _computes(node):
        return
    start, new = module.line_start(first_line(node)), module.newline
    decorator = f"@functools.cache{new}"
    weight = 1.0 if _calls(node, node.name) else 0.4
    if any("functools" in (name.name for name in i.names) for i in _imports(module.tree)):
        yield Replacement(start, start, decorator, weight)
        return
    top = next((n for n in module.tree.body if not _heads(n)), node)
    at = module.line_start(first_line(top))
    text = f"import functools{new}{'' if isinstance(top, ast.Import | ast.ImportFrom) else new}"
    yield Replacement(at, start, f"{text}{module.text[at:start]}{decorator}", weight)


def _imports(tree: ast.Module) -> Iterator[ast.Import]:
    yield from (node for node in tree.body if isinstance(node, ast.Import))


def _heads(node: ast.stmt) -> bool:
    """What must stay at the top."""
    return is_docstring(node) or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


def _computes(node: ast.FunctionDef) -> bool:
    """It takes arguments, gives something that nobody can change, and shows no effect."""
    known = assigned(node)
    given = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
    clean = not any(isinstance(part, _EFFECTS) or _acts(part) for part in ast.walk(node))
    answers = [value for value in given if value is not None]
    kept = all(kind_of(value, known) not in _SHARED for value in answers)
    return bool(node.args.args and answers) and clean and kept


def _acts(node: ast.AST) -> bool:
    """A known effect, or a store into something that it was given."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        return (node.func.id if isinstance(node.func, ast.Name) else name) in _ACTS
    return isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)


def _calls(node: ast.AST, name: str) -> bool:
    calls = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    return any(isinstance(func, ast.Name) and func.id == name for func in calls)


TEMPLATE = Template(
    name="cached",
    prior=0.7,
    basis="memoised recursion, the textbook remedy; the prior is not measured",
    kinds=(ast.FunctionDef,),
    find=_find,
)
