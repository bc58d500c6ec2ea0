"""Python that somebody else wrote, as a tree. Pure."""

import ast

TOO_DEEP = (RecursionError, MemoryError)
"""What Python says of nesting that it cannot follow, in reading as in writing."""


def parsed(source: str) -> ast.Module | None:
    """None where it is no Python, or nested more deeply than Python can follow."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, *TOO_DEEP):
        return None
