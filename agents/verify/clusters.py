"""Candidates that say the same: clusters of equal normalised source. Pure.

Comments, formatting and docstrings do not matter; names, paths and structure do. Of languages in
which it is safe, blank lines, trailing blanks and lines of comment alone do not matter; indentation
does. Any other file, and Python that does not parse, counts by its bytes.
"""

import ast
import hashlib
import re
from collections.abc import Mapping, Sequence

WITHOUT_COMMENTS = (".c", ".cc", ".cpp", ".go", ".h", ".hpp", ".java")
WITHOUT_BLANKS = (*WITHOUT_COMMENTS, ".js", ".ts")
"""A line of comment may be text in the others: JSX."""
UNSURE = re.compile(r'`|"""|R"|import "C"|\\\s*\n')
"""What may begin a string over several lines, code in comments (cgo), or a line that goes on."""
TELLING = re.compile(r"\+build|.*(\\|/\*|\*/)")
"""A comment that a compiler reads, or that begins or ends more than itself."""


def cluster(candidates: Sequence[Mapping[str, bytes | None]]) -> list[int]:
    """For each candidate (changed path → new content) the number of its cluster, from 0."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(fingerprint(changes), len(numbers)) for changes in candidates]


def fingerprint(changes: Mapping[str, bytes | None]) -> str:
    """Equal for equal normalised changes."""
    digest = hashlib.sha256()
    for path, content in sorted(changes.items()):
        form = "" if content is None else f"+{normalised(path, content)}"
        for part in (path, form):
            digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def normalised(path: str, content: bytes) -> str:
    """The syntax tree of a Python file without docstrings; else the text, without what says
    nothing where that is known."""
    if path.endswith(".py"):
        try:
            return ast.dump(_without_docstrings(ast.parse(content)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last: nested too deep
            pass
    text = content.decode("utf-8", "surrogateescape")
    if not path.endswith(WITHOUT_BLANKS) or UNSURE.search(text):
        return text
    comments = path.endswith(WITHOUT_COMMENTS)
    lines = (line.rstrip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line and not (comments and _is_comment(line)))


def _is_comment(line: str) -> bool:
    mark, _, said = line.lstrip().partition(" ")
    return mark == "//" and not TELLING.match(said)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree
