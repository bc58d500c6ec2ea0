"""Edits of whole statements: insert, delete, wrap, move. Only statements with lines of their own."""

import ast

from agents.policy.templates.base import Replacement, Site
from agents.policy.templates.source import FunctionNode, Module, Span, first_line, last_line


def insert_before(
    site: Site, node: ast.stmt, *lines: str, weight: float = 1.0
) -> Replacement | None:
    """New lines before a statement; a leading tab in `lines` is one level of the file's own."""
    module, margin = site.module, site.module.margin(node)
    if margin is None:
        return None
    start = module.line_start(first_line(node)) + len(margin)
    text = "".join(f"{line}{module.newline}{margin}" for line in _indented(module, lines))
    return Replacement(start, start, text, weight)


def insert_after(
    site: Site, node: ast.stmt, *lines: str, weight: float = 1.0
) -> Replacement | None:
    """New lines after a statement, at its level."""
    module = site.module
    margin = module.margin(node)
    if margin is None or not _ends_line(module, node):
        return None
    end = module.line_end(last_line(node))
    text = "".join(f"{module.newline}{margin}{line}" for line in _indented(module, lines))
    return Replacement(end, end, text, weight)


def delete(site: Site, node: ast.stmt, weight: float = 1.0) -> Replacement | None:
    """Take a statement out; `pass` stays where it was alone."""
    module = site.module
    if len(siblings(site, node)) == 1:
        start, end = whole(module, node)
        return Replacement(start, end, "pass", weight)
    span = lines_of(module, node)
    return span and Replacement(*span, "", weight)


def wrap_if(site: Site, node: ast.stmt, test: str, weight: float = 1.0) -> Replacement | None:
    """Run a statement only if `test` holds."""
    module, margin, span = site.module, site.module.margin(node), lines_of(site.module, node)
    if margin is None or span is None or spans_string(node):
        return None
    head = f"{margin}if {test}:{module.newline}"
    return Replacement(*span, head + shift(module, span, module.indent), weight)


def dedent(site: Site, node: ast.stmt, weight: float = 1.0) -> Replacement | None:
    """Move the last statement of a block behind the block."""
    module, span = site.module, lines_of(site.module, node)
    holder = site.module.parents[node]
    if span is None or spans_string(node) or not isinstance(holder, ast.stmt):
        return None
    inner, outer = module.margin(node), module.margin(holder)
    if inner is None or outer is None or not inner.startswith(outer):
        return None
    gone = len(inner) - len(outer)
    text = "".join(line[gone:] if line.strip() else line for line in _lines(module, span))
    return Replacement(*span, text, weight)


def indent_into(
    site: Site, node: ast.stmt, block: ast.stmt, weight: float = 1.0
) -> Replacement | None:
    """Move a statement into the block before it."""
    module, span = site.module, lines_of(site.module, node)
    outer = module.margin(node)
    inner = module.margin(_last_inside(block))
    if span is None or outer is None or inner is None or spans_string(node):
        return None
    return Replacement(*span, shift(module, span, inner[len(outer) :]), weight)


def swap_with_next(site: Site, node: ast.stmt, weight: float = 1.0) -> Replacement | None:
    """Exchange a statement with the one below it; what lies between stays."""
    module, block = site.module, siblings(site, node)
    at = block.index(node)
    if at + 1 >= len(block):
        return None
    first, second = lines_of(module, node), lines_of(module, block[at + 1])
    if first is None or second is None:
        return None
    text, between = module.text, module.text[first[1] : second[0]]
    upper, lower = text[slice(*first)], text[slice(*second)]
    if not lower.endswith(("\r", "\n")):  # the file's last line has no ending of its own
        lower, upper = lower + module.newline, upper.rstrip("\r\n")
    return Replacement(first[0], second[1], lower + between + upper, weight)


def siblings(site: Site, node: ast.stmt) -> list[ast.stmt]:
    """The block that a statement is in, the statement included."""
    parent = site.module.parents[node]
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and node in block:
            return block
    return [node]


def whole(module: Module, node: ast.stmt) -> Span:
    """A statement's span, decorators included."""
    start, end = module.span(node)
    if getattr(node, "decorator_list", ()):
        start = module.line_start(first_line(node)) + len(module.margin(node) or "")
    return start, end


def lines_of(module: Module, node: ast.stmt) -> Span | None:
    """Full lines of a statement, line ending included; None where it shares them."""
    if module.margin(node) is None or not _ends_line(module, node):
        return None
    return module.line_start(first_line(node)), module.line_end(last_line(node), newline=True)


def shift(module: Module, span: Span, indent: str) -> str:
    """The lines of a span, one level deeper."""
    return "".join(indent + line if line.strip() else line for line in _lines(module, span))


def spans_string(node: ast.stmt) -> bool:
    """Whether a string literal runs over several lines: re-indenting would change it."""
    return any(
        isinstance(n, ast.Constant | ast.JoinedStr) and (n.end_lineno or n.lineno) > n.lineno
        for n in ast.walk(node)
    )


def is_docstring(node: ast.stmt) -> bool:
    """Whether a statement is a string that stands alone."""
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def is_first(site: Site, node: ast.stmt) -> bool:
    """Whether a statement is the first of its function, docstring aside."""
    block = [n for n in siblings(site, node) if not is_docstring(n)]
    return bool(block) and block[0] is node and isinstance(site.module.parents[node], FunctionNode)


def _ends_line(module: Module, node: ast.stmt) -> bool:
    rest = module.text[module.span(node)[1] : module.line_end(last_line(node))].strip()
    return not rest or rest.startswith("#")


def _lines(module: Module, span: Span) -> list[str]:
    text = module.text[slice(*span)]
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _indented(module: Module, lines: tuple[str, ...]) -> list[str]:
    return [line.replace("\t", module.indent) for line in lines]


def _last_inside(block: ast.stmt) -> ast.stmt:
    for field in ("orelse", "body"):
        inside = getattr(block, field, None)
        if inside and isinstance(inside[-1], ast.stmt):
            return inside[-1]
    return block
