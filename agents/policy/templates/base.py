"""What a repair template is: a place in a file in, replacements of source text out."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from agents.policy.templates.source import FunctionNode, Module, Span
from agents.policy.templates.vocabulary import Vocabulary

_ATOMS = (
    *(ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.Dict, ast.Set),
    *(ast.ListComp, ast.DictComp, ast.SetComp, ast.JoinedStr),
)
_ROOMY = (
    *(ast.stmt, ast.Call, ast.keyword, ast.List, ast.Set, ast.Dict, ast.Subscript),
    *(ast.FormattedValue, ast.Lambda),
)
"""Parents under which any expression can stand without parentheses of its own."""

_CONTEXT = 20
_SHOWABLE = (ast.expr, ast.Expr, ast.Assign, ast.Return)
"""Nodes short enough to show whole when a part of them changes."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """One stretch of text instead of another. Everything outside stays as it is."""

    start: int
    end: int
    text: str
    weight: float = 1.0
    """How plausible this is among what its template offers, in (0, 1]."""
    shown: Span | None = None
    """The stretch to show to people, around [start, end); None: the replacement itself."""

    def apply(self, text: str) -> str:
        """The whole file, changed."""
        return text[: self.start] + self.text + text[self.end :]

    def describe(self, text: str) -> str:
        """``a < b → a <= b``, on one short line."""
        start, end = self.shown or (self.start, self.end)
        before = text[start:end]
        after = text[start : self.start] + self.text + text[self.end : end]
        if not before.strip():
            return f"insert {_short(after)}"
        if before.split() == after.split():
            return f"re-indent {_short(after)}"
        if after.strip() and _short(before) == _short(after):
            before, after = _from_difference(before, after)
        return (
            f"{_short(before)} → {_short(after)}" if after.strip() else f"delete {_short(before)}"
        )


@dataclass(frozen=True, slots=True)
class Site:
    """A node that a template looks at, with the file around it."""

    module: Module
    words: Vocabulary
    node: ast.AST

    @property
    def parent(self) -> ast.AST:
        """What holds the node."""
        return self.module.parents[self.node]

    @property
    def statement(self) -> ast.stmt:
        """The statement that the node is, or is part of."""
        return self.words.statement(self.node)

    @property
    def function(self) -> FunctionNode | None:
        """The function around the node."""
        return self.words.function(self.node)

    def text(self, node: ast.AST) -> str:
        """A node's own text."""
        return self.module.source(node)

    def atom(self, node: ast.expr) -> str:
        """A node's text, in parentheses unless it binds as tightly as a name."""
        text = self.module.source(node)
        return text if isinstance(node, _ATOMS) else f"({text})"

    def swap(self, node: ast.AST, text: str, weight: float = 1.0) -> Replacement:
        """`text` instead of a node."""
        start, end = self.module.span(node)
        shown = self.module.span(self.node) if _positioned(self.node) else (start, end)
        inside = shown[0] <= start and end <= shown[1]
        return Replacement(start, end, text, weight, shown if inside else None)

    def fit(self, node: ast.expr, text: str, weight: float = 1.0) -> Replacement:
        """`text`, a loosely binding expression, instead of a node: in parentheses if need be."""
        roomy = self._is_roomy(node) and "\n" not in text
        return self.swap(node, text if roomy else f"({text})", weight)

    def keep(self, node: ast.expr, kept: ast.expr, weight: float = 1.0) -> Replacement:
        """A part of a node instead of the whole."""
        tight = isinstance(kept, _ATOMS)
        return (self.swap if tight else self.fit)(node, self.text(kept), weight)

    def _is_roomy(self, node: ast.expr) -> bool:
        """Whether any expression can stand in a node's place as it is."""
        parent = self.module.parents[node]
        if isinstance(parent, ast.stmt | ast.keyword):
            return True
        head = getattr(parent, "value", None) is node or getattr(parent, "func", None) is node
        return isinstance(parent, _ROOMY) and not head

    def operator(
        self, left: ast.AST, right: ast.AST, old: str, new: str, weight: float
    ) -> Replacement | None:
        """`new` instead of the operator `old` between two operands."""
        start, gap = self.module.gap(left, right)
        at = gap.find(old)
        if at < 0:
            return None
        begin = start + at
        glued = old.isalpha() != new.replace(" ", "").isalpha()
        text = _spaced(new, gap[:at], gap[at + len(old) :]) if glued else new
        return Replacement(begin, begin + len(old), text, weight, self.module.span(self.node))


Find = Callable[[Site], Iterator[Replacement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A family of repairs."""

    name: str
    prior: float
    """How often a single proposal of this family is right, relative to the others, in (0, 1]."""
    basis: str
    """Where the prior comes from."""
    kinds: tuple[type[ast.AST], ...]
    """Only these nodes are shown to `find`."""
    find: Find
    """Replacements at a site. May offer invalid or equal ones: the ranking drops them."""


def some(*offers: Replacement | None) -> Iterator[Replacement]:
    """Those offers that could be made."""
    yield from (offer for offer in offers if offer is not None)


def _spaced(new: str, before: str, after: str) -> str:
    """A word operator needs space around it where a symbol did not."""
    if not new[0].isalpha():
        return new
    return ("" if before[-1:].isspace() else " ") + new + ("" if after[:1].isspace() else " ")


def _positioned(node: ast.AST) -> bool:
    return isinstance(node, _SHOWABLE)


def _from_difference(before: str, after: str) -> tuple[str, str]:
    """Two long texts from where they part, so that a summary shows what changes."""
    one, two = (" ".join(text.split()) for text in (before, after))
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False))
    shared = sum(1 for _ in same)
    start = max(0, shared - _CONTEXT)
    return f"…{one[start:]}", f"…{two[start:]}"


def _short(text: str, width: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
