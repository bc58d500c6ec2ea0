"""How suspicious each line of a file is to a repair template.

Coverage knows what ran during a test. Headers of functions, class attributes and module constants
run at import, and continuation lines often carry no count of their own: they borrow.
"""

import ast
from collections.abc import Mapping

from agents.policy.templates.source import FunctionNode, Module, last_line, position
from agents.policy.templates.vocabulary import Vocabulary

SIGNATURE = 0.5
"""A function's header gets this share of its body's maximum (wrong defaults, missing names)."""
DEFINITION = 0.6
"""A constant outside of functions gets this share of the maximum over the lines that read it."""


def spread(module: Module, words: Vocabulary, lines: Mapping[int, float]) -> dict[int, float]:
    """Line → suspiciousness in [0, 1], with what headers and constants borrow."""
    spread_out = {line: score for line, score in lines.items() if score > 0}
    for node in words.nodes(None):
        if isinstance(node, FunctionNode) and (peak := _peak(spread_out, node.body)):
            _raise(spread_out, range(node.lineno, node.body[0].lineno), SIGNATURE * peak)
    readers = _readers(words, spread_out)
    for node in _outside(module.tree.body):
        names = _targets(node)
        peak = max((readers.get(name, 0.0) for name in names), default=0.0)
        _raise(spread_out, range(node.lineno, last_line(node) + 1), DEFINITION * peak)
    return spread_out


def of_node(module: Module, scores: Mapping[int, float], node: ast.AST) -> float:
    """A node's suspiciousness: its own lines, or the first line of its statement."""
    first, _, last, _ = position(node)
    if isinstance(node, ast.stmt | ast.excepthandler):
        return scores.get(first, 0.0)
    statement = next((up for up in module.up(node) if isinstance(up, ast.stmt)), None)
    header = scores.get(statement.lineno, 0.0) if statement else 0.0
    return max(header, *(scores.get(line, 0.0) for line in range(first, last + 1)))


def _peak(scores: Mapping[int, float], body: list[ast.stmt]) -> float:
    lines = range(body[0].lineno, last_line(body[-1]) + 1)
    return max((scores.get(line, 0.0) for line in lines), default=0.0)


def _raise(scores: dict[int, float], lines: range, floor: float) -> None:
    for line in lines:
        if floor > scores.get(line, 0.0):
            scores[line] = floor


def _readers(words: Vocabulary, scores: Mapping[int, float]) -> dict[str, float]:
    """Name or attribute → the largest score of a line that reads it."""
    found: dict[str, float] = {}
    for node in words.nodes(None):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = node.id if isinstance(node, ast.Name) else node.attr
            found[name] = max(found.get(name, 0.0), scores.get(node.lineno, 0.0))
    return found


def _outside(body: list[ast.stmt]) -> list[ast.Assign | ast.AnnAssign]:
    found: list[ast.Assign | ast.AnnAssign] = []
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            found.append(node)
        elif isinstance(node, ast.ClassDef):
            found.extend(_outside(node.body))
    return found


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [t.id for t in targets if isinstance(t, ast.Name)]
