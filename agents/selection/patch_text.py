"""What is read off a patch without its repository. Unified diffs, as git writes them."""

import hashlib
import re
from collections.abc import Iterator

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_NAME = re.compile(r"(?:---|\+\+\+) ")


def changed_lines(patch: str) -> int:
    """Lines added and removed, in hunks alone: a removed ``-- x`` is no file name."""
    return sum(inside and line.startswith(("+", "-")) for inside, line in _lines(patch))


def source_of(patch: str) -> str:
    """Equal for patches that are equal but for object names, times, the text after ``@@``, and blanks
    at the end of header lines. Paths, indentation and places stay."""
    kept = (line if inside else _header(line) for inside, line in _lines(patch))
    return hashlib.sha256("\n".join(line for line in kept if line).encode()).hexdigest()


def _header(line: str) -> str:
    hunk = _HUNK.match(line)
    if hunk:
        return hunk.group()
    if _NAME.match(line):
        return line.split("\t", maxsplit=1)[0].rstrip()
    return "" if line.startswith("index ") else line.rstrip()


def _lines(patch: str) -> Iterator[tuple[bool, str]]:
    """Each line, and whether it is one of a hunk's."""
    old = new = 0
    for line in patch.split("\n"):
        if old > 0 or new > 0:
            old -= not line or line.startswith((" ", "-"))
            new -= not line or line.startswith((" ", "+"))
            yield True, line
        else:
            hunk = _HUNK.match(line)
            if hunk:
                old, new = (int(size or 1) for size in hunk.groups())
            yield False, line
