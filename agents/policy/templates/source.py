"""A Python file as text and tree at once, and where every node lies in the text."""

import ast
import io
import re
import threading
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Span = tuple[int, int]
"""Character offsets, end excluded."""

_NEWLINE = re.compile(r"\r\n|\r|\n")  # what the tokenizer counts; str.splitlines counts more
_COMMENT = re.compile(r"#[^\r\n]*")

_filters = threading.Lock()


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text with what is needed to write it back byte for byte."""

    text: str
    encoding: str

    def encode(self, text: str) -> bytes:
        """Changed text in the file's own encoding. Raises: UnicodeEncodeError."""
        return text.encode(self.encoding)


def decode(data: bytes) -> Decoded | None:
    """Text by its coding cookie or mark; None when it is not text in that encoding."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return Decoded(data.decode(encoding), encoding)
    except (SyntaxError, UnicodeDecodeError):
        return None


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings about the code that is parsed, such as invalid escapes; it is not ours.

    Under a lock: the filters are global, and two threads would restore each other's.
    """
    with _filters, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Module:
    """One parsed file. Immutable once made. Raises: SyntaxError, ValueError (null bytes)."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        with quiet():
            self.tree = ast.parse(text)
        self._ascii = text.isascii()
        self._starts = [0, *(hit.end() for hit in _NEWLINE.finditer(text))]

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Node → the node that holds it; the module itself has none."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def newline(self) -> str:
        """The file's own line ending."""
        hit = _NEWLINE.search(self.text)
        return hit.group() if hit else "\n"

    @cached_property
    def indent(self) -> str:
        """One level of the file's own indentation."""
        for node in ast.walk(self.tree):
            for child in getattr(node, "body", ()) if isinstance(node, ast.stmt) else ():
                margin, outer = self.margin(child), self.margin(node)
                if margin and outer is not None and margin.startswith(outer) and margin != outer:
                    return margin[len(outer) :]
        return "    "

    def offset(self, line: int, column: int) -> int:
        """Character offset of a line (from 1) and a column in UTF-8 bytes, as `ast` counts."""
        start = self._starts[line - 1]
        if self._ascii:
            return start + column
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        before = self.text[start : min(end, start + column)]
        if before.isascii():
            return start + column
        return start + len(before.encode()[:column].decode())

    def line_start(self, line: int) -> int:
        """Offset of the first character of a line."""
        return self._starts[line - 1]

    def line_end(self, line: int, *, newline: bool = False) -> int:
        """Offset behind a line, without or with its line ending."""
        if line >= len(self._starts):
            return len(self.text)
        end = self._starts[line]
        return end if newline else end - len(_trailing_newline(self.text[end - 2 : end]))

    def span(self, node: ast.AST) -> Span:
        """Where a node lies; decorators and surrounding parentheses are not part of it."""
        line, column, end_line, end_column = position(node)
        return self.offset(line, column), self.offset(end_line, end_column)

    def source(self, node: ast.AST) -> str:
        """A node's own text."""
        start, end = self.span(node)
        return self.text[start:end]

    def gap(self, left: ast.AST, right: ast.AST) -> tuple[int, str]:
        """Offset and text between two nodes, comments blanked out: it holds their operator."""
        start, end = self.span(left)[1], self.span(right)[0]
        blank = _COMMENT.sub(lambda hit: " " * len(hit.group()), self.text[start:end])
        return start, blank

    def margin(self, node: ast.AST) -> str | None:
        """The white space before a statement; None when it shares its line with another."""
        line = first_line(node)
        before = self.text[self.line_start(line) : self.offset(line, position(node)[1])]
        return before if not before.strip() else None

    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """What encloses a node, innermost first, without the node."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent


def position(node: Any) -> tuple[int, int, int, int]:
    """First line, first column, last line, last column of any node that has a place.

    Nodes come as plain `ast.AST` from walks; the parser gives all four to each that has one.
    """
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def first_line(node: ast.AST) -> int:
    """A statement's first line, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([position(node)[0], *(d.lineno for d in decorators)])


def last_line(node: ast.AST) -> int:
    """A statement's last line."""
    return position(node)[2]


def _trailing_newline(text: str) -> str:
    return text if text == "\r\n" else text[-1:]
