"""Diffs for the peers, each of one file and none like another."""

import difflib
from collections.abc import Iterator
from itertools import count

from benchmarks.sandbox import repositories


def patches() -> Iterator[bytes]:
    """Without end: a git diff from the base to a state with one file changed."""
    old = repositories.module(0).decode().splitlines(keepends=True)
    name = repositories.EDITED
    for number in count():
        new = repositories.module(0, f"edit {number}").decode().splitlines(keepends=True)
        yield "".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")).encode()
