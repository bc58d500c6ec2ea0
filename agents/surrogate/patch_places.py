"""Where a patch touches its base. Pure."""

import re
from collections.abc import Mapping, Sequence

Span = tuple[int, int]
"""First and last line of a hunk in the base, its context included."""

_FILE = re.compile(rb"^--- (?:a/(.*)|/dev/null)$")
_HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


def places(patch: bytes) -> Mapping[str, Sequence[Span]]:
    """Path in the base → hunks. Patches against one base can be compared; new files have none."""
    found: dict[str, list[Span]] = {}
    path: str | None = None
    left = 0
    for line in patch.split(b"\n"):
        if left > 0:  # a removed line may look like the head of a file
            left -= line[:1] in {b" ", b"-"}
        elif (head := _FILE.match(line)) is not None:
            path = head[1].decode("utf-8", "replace") if head[1] is not None else None
        elif (hunk := _HUNK.match(line)) is not None and path is not None:
            start, left = int(hunk[1]), int(hunk[2] or 1)
            found.setdefault(path, []).append((start, start + max(left, 1) - 1))
    return found


def overlap(one: Sequence[Span], other: Sequence[Span]) -> bool:
    """Whether two files' hunks share a line."""
    return any(a <= d and c <= b for a, b in one for c, d in other)
