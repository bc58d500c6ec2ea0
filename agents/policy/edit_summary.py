"""One line for people about what an edit changes. Pure."""

from collections.abc import Mapping
from difflib import SequenceMatcher

LINE_CHARS = 60


def summarise(before: Mapping[str, bytes | None], after: Mapping[str, bytes | None]) -> str:
    """Such as ``a < b → a <= b (core.py:12), 3 more lines``; the first change stands for all."""
    path = min(after)
    old, new = _lines(before.get(path)), _lines(after[path])
    hunks = [
        opcode
        for opcode in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if opcode[0] != "equal"
    ]
    size = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in hunks)
    what = f"{path} changed in white space only"
    if hunks:
        _, i1, i2, j1, j2 = hunks[0]
        what = f"{_first(old[i1:i2])} → {_first(new[j1:j2])} ({path}:{j1 + 1})"
    more = [f"{size - 1} more lines"] * (size > 1) + [f"{len(after) - 1} more files"] * (
        len(after) > 1
    )
    return ", ".join([what, *more])


def _lines(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8", "replace").splitlines()


def _first(lines: list[str]) -> str:
    """The first line that says something, shortened."""
    text = next((line.strip() for line in lines if line.strip()), "nothing")
    return text if len(text) <= LINE_CHARS else text[: LINE_CHARS - 1] + "…"
