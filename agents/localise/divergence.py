"""Conditions that came out differently in a failing run and in one like it that passes. Pure.

A fault in a condition, or in what it looks at, leaves no line that only failing tests run: it shows
in the way that execution takes from there. Such predicates are where switching the outcome mends
the failing run (Zhang, Gupta and Gupta 2006, "Locating faults through automated predicate
switching"); comparing with the nearest passing run finds them without running anything again.
"""

import ast
from collections.abc import Collection, Iterator


def diverging(source: str, failing: Collection[int], passing: Collection[int]) -> frozenset[int]:
    """Lines (from 1) of ``if`` and ``while`` heads that both runs reached, and then parted at.

    `failing`, `passing`: lines that were run. Runs part where one of them alone entered the body,
    or the ``else``. None where the source does not parse.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return frozenset()
    heads = (node for node in ast.walk(tree) if isinstance(node, ast.If | ast.While))
    return frozenset(
        line
        for node in heads
        if node.lineno in failing and node.lineno in passing
        if any(
            _entered(block, failing) != _entered(block, passing)
            for block in (node.body, node.orelse)
        )
        for line in _head(node)
    )


def _entered(block: list[ast.stmt], lines: Collection[int]) -> bool:
    return any(
        line in lines
        for statement in block
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    )


def _head(node: ast.If | ast.While) -> Iterator[int]:
    yield from range(node.lineno, (node.test.end_lineno or node.lineno) + 1)
