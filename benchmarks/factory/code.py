"""A Python file as bytes and tree, and changes to it that keep all else as it was written."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Function = ast.FunctionDef | ast.AsyncFunctionDef
Block = list[ast.stmt]


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes `start` to `end` become `text`; `line` (from 1) is where the change begins."""

    start: int
    end: int
    text: bytes
    line: int


class Code:
    """One parsed file. Raises: SyntaxError, ValueError."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Node → the node that holds it."""
        nodes = list(ast.walk(self.tree))
        return {child: node for node in nodes for child in ast.iter_child_nodes(node)}

    def functions(self) -> Iterator[Function]:
        """Every function and method, outer ones first."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def qualified(self, function: Function) -> str:
        """Its name with those of the classes and functions around it."""
        names: list[str] = []
        node: ast.AST = function
        while node in self.parents:
            if isinstance(node, ast.ClassDef | Function):
                names.insert(0, node.name)
            node = self.parents[node]
        return ".".join(names)

    def applied(self, change: Change) -> bytes:
        """The file after a change."""
        return self.source[: change.start] + change.text + self.source[change.end :]

    def start(self, node: ast.stmt | ast.expr) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr) -> int:
        return self._lines[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    def text(self, node: ast.stmt | ast.expr) -> bytes:
        return self.source[self.start(node) : self.end(node)]

    def replaced(self, node: ast.stmt | ast.expr, text: bytes) -> Change:
        """`node` written as `text`."""
        return Change(self.start(node), self.end(node), text, node.lineno)

    def whole_lines(self, first: ast.stmt, last: ast.stmt) -> tuple[int, int] | None:
        """Bytes of the lines that some statements fill; None where they share a line."""
        top = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
        start, end = self._lines[top - 1], self._lines[last.end_lineno or 0]
        before = self.source[start : self.start(first)] if top == first.lineno else b""
        after = self.source[self.end(last) : end].strip()
        return None if before.strip() or (after and after[:1] != b"#") else (start, end)

    def without(self, first: ast.stmt, last: ast.stmt) -> Change | None:
        """Some consecutive statements left out, with their lines."""
        lines = self.whole_lines(first, last)
        return lines and Change(*lines, b"", first.lineno)


def blocks(root: ast.AST) -> Iterator[Block]:
    """Every list of statements under a node, those of nested functions too."""
    for node in ast.walk(root):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block
