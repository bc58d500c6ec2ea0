"""Which lines belong to which function of a source file."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class FunctionSpan:
    """A function or method. Lines count from 1; decorators belong to it."""

    start: int
    end: int
    name: str
    """Qualified by classes and enclosing functions: ``Parser.parse``, ``outer.inner``."""
    body: int = field(default=0, compare=False)
    """First line of the body: what stands before it runs where the function is defined."""

    @property
    def short(self) -> str:
        """The name alone, without what encloses it."""
        return self.name.rpartition(".")[2]


def function_spans(source: str) -> tuple[FunctionSpan, ...]:
    """Every function of the file in order of its first line; none when it does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # ValueError: null bytes
        return ()
    return tuple(sorted(_below(tree, "")))


def enclosing(spans: tuple[FunctionSpan, ...], line: int) -> FunctionSpan | None:
    """The innermost function that holds a line."""
    holding = [span for span in spans if span.start <= line <= span.end]
    return max(holding, default=None, key=lambda span: (span.start, -span.end))


def running(spans: tuple[FunctionSpan, ...], line: int) -> FunctionSpan | None:
    """The innermost function that runs when a line does; None for what importing runs.

    The head of a function, decorators and defaults, runs with what encloses it.
    """
    holding = [span for span in spans if span.body <= line <= span.end and span.start <= line]
    return max(holding, default=None, key=lambda span: (span.start, -span.end))


def _below(node: ast.AST, prefix: str) -> Iterator[FunctionSpan]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = prefix + child.name
            if not isinstance(child, ast.ClassDef):
                end = child.end_lineno or child.lineno
                yield FunctionSpan(_first(child), end, name, _first(child.body[0]))
            yield from _below(child, name + ".")
        elif not isinstance(child, ast.expr):
            yield from _below(child, prefix)


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])
