"""What of somebody else's patch is the edit, and what only came along with it. Pure."""

from collections.abc import Iterable, Mapping

from agents.domain import is_test_path
from agents.verify.split import runs_at_start

LEFTOVERS = (".orig", ".rej", ".pyc")
"""Endings of files that tools leave behind, where the base has no file of that name."""


def beside(changes: Mapping[str, bytes | None], base: Iterable[str]) -> frozenset[str]:
    """The changed paths that are no part of the edit: test files, and what tools left behind.

    `base`: the files of the base.
    """
    left = {path for path in changes if path.endswith(LEFTOVERS)} - frozenset(base)
    return frozenset(left) | {path for path in changes if is_test_path(path)}


def author_tests(changes: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """Path → content of the new or changed test files among `changes`, what they load included.

    Left out are files that any Python would load by itself at its start, and those whose name is no
    printable text, which no document can hold.
    """
    return {
        path: content
        for path, content in changes.items()
        if content is not None
        and is_test_path(path)
        and path.isprintable()
        and not runs_at_start(path)
    }
