"""A missing guard before a statement: `if x is None: return None` and its kin."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some
from agents.policy.templates.edits import insert_before, is_docstring, is_first, wrap_if
from agents.policy.templates.source import FunctionNode

_SHORT, _LONG = 20, 80
_DEFAULTS = ("None", "''", "[]", "0", "False", "True", "{}", "()")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.stmt):
        return
    if is_docstring(node) or site.function is None:
        return
    subjects = _subjects(site, node)
    first = is_first(site, node)
    base = 1.0 if first else 0.6
    for place, subject in enumerate(subjects):
        weight = base * 0.8**place
        for test, likely in ((f"not {subject}", 1.0), (f"{subject} is None", 0.9)):
            for rank, exit_ in enumerate(exits(site, node, subject)):
                lines = (f"if {test}:", f"\t{exit_}")
                offer = insert_before(site, node, *lines, weight=weight * likely * 0.85**rank)
                yield from some(offer)
        if not isinstance(node, ast.Return | FunctionNode):
            yield from some(wrap_if(site, node, subject, 0.5 * weight))
            yield from some(wrap_if(site, node, f"{subject} is not None", 0.5 * weight))


def _subjects(site: Site, node: ast.stmt) -> list[str]:
    """What the statement reads first, then the parameters; a handful."""
    parts = [node.test] if isinstance(node, ast.If | ast.While) else [node]
    parts = [node.iter] if isinstance(node, ast.For) else parts
    reads = (n for part in parts for n in ast.walk(part) if _is_read(site, n))
    found = [site.text(n) for n in reads]
    known = {name for name, bound in site.words.readable(node) if bound <= node.lineno}
    local = [text for text in found if text.partition(".")[0] in known]
    return [t for t in dict.fromkeys([*local, *site.words.arguments(node)]) if t != "self"][:5]


def _is_read(site: Site, node: ast.AST) -> bool:
    if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name):
        return False
    return getattr(site.module.parents.get(node), "func", None) is not node


def exits(site: Site, node: ast.stmt, subject: str) -> list[str]:
    """Ways out, those that the function already uses first."""
    returned, raised = site.words.exits(site.function)
    plain = [text for text in returned if len(text) <= _SHORT]
    short = [text for text in raised if len(text) <= _LONG]
    loop = ["continue", "break"] if _in_loop(site, node) else []
    values = dict.fromkeys([*plain[:3], subject, *_DEFAULTS[:5]])
    return [*loop, *(f"return {value}" for value in values), *short[:2], *_errors(site)]


def _errors(site: Site) -> list[str]:
    """Exceptions of the file, and the two that checks of arguments mostly raise."""
    known = [name for name in site.words.exceptions if name.endswith("Error")][:2]
    return [f"raise {name}" for name in dict.fromkeys([*known, "ValueError"])]


def _in_loop(site: Site, node: ast.stmt) -> bool:
    for up in site.module.up(node):
        if isinstance(up, ast.For | ast.While | ast.AsyncFor):
            return True
        if isinstance(up, FunctionNode):
            return False
    return False


TEMPLATE = Template(
    name="guard",
    prior=0.45,
    basis="TBar FP2 and FP3 (null and range checkers); PAR; AutoFix's guarded snippets",
    kinds=(ast.Assign, ast.AugAssign, ast.Return, ast.Expr, ast.If, ast.For, ast.While, ast.Try),
    find=_find,
)
