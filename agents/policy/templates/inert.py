"""Code that never changes what a program does: no repair lies in it.

Annotations, `__all__`, docstrings, blocks for type checkers, `@overload` stubs, the type in
`cast(T, x)`, and the wording of log messages and warnings.
"""

import ast
from collections.abc import Iterator

from agents.policy.templates.source import FunctionNode, Module, Span

_LOGGED = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "warn_explicit"}
)
_LOGGERS = ("log", "logger", "logging", "_log", "_logger", "LOG", "LOGGER", "warnings")


class Inert:
    """The inert parts of one module."""

    def __init__(self, module: Module) -> None:
        roots = list(dict.fromkeys(_roots(module)))
        self._spans = sorted({module.span(root) for root in roots})
        self._nodes = {node for root in roots for node in ast.walk(root)}

    def __contains__(self, node: ast.AST) -> bool:
        """Whether a node is one, or lies in one."""
        return node in self._nodes

    def covers(self, start: int, end: int) -> bool:
        """Whether a stretch of text lies in one of them."""
        return any(first <= start and end <= last for first, last in self._spans if end > start)

    @property
    def spans(self) -> list[Span]:
        """Where they are."""
        return self._spans


def _roots(module: Module) -> Iterator[ast.AST]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, FunctionNode):
            yield from _of_function(node)
        elif isinstance(node, ast.If) and _last(node.test) == "TYPE_CHECKING":
            yield from [node.test, *node.body] if node.orelse else [node]
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and _is_export(node):
            yield node
        elif isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.Expr) and _is_string(node.value):
            yield node


def _of_function(node: FunctionNode) -> Iterator[ast.AST]:
    if any(_last(decorator) == "overload" for decorator in node.decorator_list):
        yield node
    elif node.returns is not None:
        yield node.returns


def _is_export(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    name = _last(node.func)
    if name == "cast" and node.args:
        yield node.args[0]
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in _LOGGED and _last(receiver) in _LOGGERS:
        yield from (arg for arg in node.args if _is_text(arg))


def _is_text(node: ast.expr) -> bool:
    """A string, or strings that are put together."""
    if isinstance(node, ast.BinOp):
        return _is_text(node.left)
    made = isinstance(node, ast.Call) and _last(node.func) == "format"
    return made or isinstance(node, ast.JoinedStr) or _is_string(node)


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _last(node: ast.AST | None) -> str:
    """The last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
