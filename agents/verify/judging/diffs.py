"""A candidate's diff as a judge may read it: without git's own lines and its author's words. Pure.

Comments that a patch adds are its author's word for it, so they are shown as ``(comment)``; and of a
file that is no code by its suffix, such as documentation, only how many lines changed. What stands
in strings, docstrings among them, is part of the program and stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from agents.verify.judging.comments import is_code, without_comment

_HUNK = re.compile(r"^@@ -(?:\d+)(?:,(?P<old>\d+))? \+(?P<start>\d+)(?:,(?P<new>\d+))? @@")
NOT_SHOWN = "(not code, not shown: "
_NOISE = ("diff --git ", "index ", "\\")


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`sign`: ``+``, ``-`` or a blank inside a hunk; ``@`` for anything between hunks."""

    path: str
    sign: Literal["+", "-", " ", "@"]
    number: int
    """In the changed file, from 1; of a line that goes: where it stood there. 0 between hunks."""
    text: str


def diff_lines(patch: str) -> Iterator[DiffLine]:
    """Every line of a git diff but git's own."""
    path, number, old, new = "", 0, 0, 0
    for line in patch.split("\n"):
        if line.startswith("\\"):
            continue
        if old > 0 or new > 0:
            sign = _sign(line)
            yield DiffLine(path, sign, number, line[1:])
            old, new = old - (sign != "+"), new - (sign != "-")
            number += sign != "-"
            continue
        path = _path(line) or path
        hunk = _HUNK.match(line)
        if hunk:
            number = int(hunk["start"])
            old, new = int(hunk["old"] or 1), int(hunk["new"] or 1)
        if line and not line.startswith(_NOISE):
            yield DiffLine(path, "@", 0, line)


def readable(patch: str) -> str:
    """The diff, for a prompt."""
    return "\n".join(
        line.text if line.sign == "@" else line.sign + _text(line) for line in _shown(patch)
    )


def numbered(patch: str) -> str:
    """The diff under the paths of its files, each line with its number in the changed file, so that
    it can be named as ``path:line``."""
    shown: list[str] = []
    for line in _shown(patch):
        if line.sign != "@":
            shown.append(f"{'' if line.sign == '-' else line.number:>5} {line.sign} {_text(line)}")
        elif line.text.startswith("+++ "):
            shown.append(line.path)
        elif line.text.startswith("@@"):
            shown.append("  ...")
        elif line.text.startswith(NOT_SHOWN):
            shown.append(f"  {line.text}")
    return "\n".join(shown)


def _shown(patch: str) -> Iterator[DiffLine]:
    """Hunks of what is no code are counted instead."""
    for hidden, group in groupby(diff_lines(patch), key=_is_words):
        lines = list(group)
        if not hidden:
            yield from lines
            continue
        signs = [line.sign for line in lines]
        told = f"{NOT_SHOWN}{signs.count('+')} lines added, {signs.count('-')} removed)"
        yield DiffLine(lines[0].path, "@", 0, told)


def _is_words(line: DiffLine) -> bool:
    return (line.sign != "@" or line.text.startswith("@@")) and not is_code(line.path)


def diff_places(patch: str) -> dict[str, set[int]]:
    """Path → lines of the changed file that the diff shows."""
    found: dict[str, set[int]] = {}
    for line in _shown(patch):
        if line.sign in {"+", " "}:
            found.setdefault(line.path, set()).add(line.number)
    return found


def _sign(line: str) -> Literal["+", "-", " "]:
    """Editors strip the blank of an empty line."""
    return "+" if line[:1] == "+" else "-" if line[:1] == "-" else " "


def _path(line: str) -> str:
    """The file of what follows; of a file that goes, the name that it had."""
    if line[:4] not in {"--- ", "+++ "}:
        return ""
    name = line[4:].strip().strip('"')
    return "" if name == "/dev/null" else name.removeprefix("a/" if line[0] == "-" else "b/")


def _text(line: DiffLine) -> str:
    return without_comment(line.path, line.text) if line.sign == "+" else line.text
