"""Candidates that say the same: clusters of equal normalised source. Pure.

Comments, formatting and docstrings do not matter; names, paths and structure do. A file that is
not Python counts by its bytes.
"""

import ast
import hashlib
from collections.abc import Mapping, Sequence


def cluster(candidates: Sequence[Mapping[str, bytes | None]]) -> list[int]:
    """For each candidate (changed path → new content) the number of its cluster, from 0."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(fingerprint(changes), len(numbers)) for changes in candidates]


def fingerprint(changes: Mapping[str, bytes | None]) -> str:
    """Equal for equal normalised changes."""
    digest = hashlib.sha256()
    for path, content in sorted(changes.items()):
        form = "removed" if content is None else normalised(path, content)
        for part in (path, form):
            digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def normalised(path: str, content: bytes) -> str:
    """The syntax tree of a Python file without docstrings; else the text itself."""
    if path.endswith(".py"):
        try:
            return ast.dump(_without_docstrings(ast.parse(content)))
        except (SyntaxError, ValueError):
            pass
    return content.decode("utf-8", "surrogateescape")


def _without_docstrings(tree: ast.Module) -> ast.Module:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree
