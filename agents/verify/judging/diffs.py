"""A candidate's diff as a judge may read it: without git's own lines and without comments. Pure.

Comments that a patch adds are its author's word for it, so they are shown as ``# (comment)``. What
stands in strings, docstrings among them, is part of the program and stays.
"""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

HIDDEN = "# (comment)"

_HUNK = re.compile(r"^@@ -(?:\d+)(?:,(?P<old>\d+))? \+(?P<start>\d+)(?:,(?P<new>\d+))? @@")
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
        line.text if line.sign == "@" else line.sign + _text(line) for line in diff_lines(patch)
    )


def numbered(patch: str) -> str:
    """The diff under the paths of its files, each line with its number in the changed file, so that
    it can be named as ``path:line``."""
    shown: list[str] = []
    for line in diff_lines(patch):
        if line.sign != "@":
            shown.append(f"{'' if line.sign == '-' else line.number:>5} {line.sign} {_text(line)}")
        elif line.text.startswith("+++ "):
            shown.append(line.path)
        elif line.text.startswith("@@"):
            shown.append("  ...")
    return "\n".join(shown)


def diff_places(patch: str) -> dict[str, set[int]]:
    """Path → lines of the changed file that the diff shows."""
    found: dict[str, set[int]] = {}
    for line in diff_lines(patch):
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
    added_python = line.sign == "+" and line.path.endswith(".py")
    return _without_comment(line.text) if added_python and "#" in line.text else line.text


def _without_comment(text: str) -> str:
    """A line that makes no sense on its own, such as one inside a string, stays as it is."""
    code = text.lstrip()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.ERRORTOKEN and not token.string.isspace():
                break
            if token.type == tokenize.COMMENT:
                return text[: len(text) - len(code) + token.start[1]] + HIDDEN
    except (tokenize.TokenError, SyntaxError):
        pass
    return text
