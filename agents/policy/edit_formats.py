"""SEARCH/REPLACE blocks: from a model's reply to file contents. Pure.

    pkg/core.py
    <<<<<<< SEARCH
    lines to find
    =======
    lines to put in their place
    >>>>>>> REPLACE

The format is aider's. Reading is generous: paths may stand in backticks, after ``###`` or
``File:``, or in a fence's info string; fences and language tags are skipped. Applying is strict:
every block must match *exactly once* in the unedited file, tried first to the character, then with
one uniform shift of indentation, then without looking at trailing white space. If one block fails,
nothing is applied. Lines that SEARCH and REPLACE share keep the file's own bytes, so newline
style, trailing blanks and a missing last newline survive.

Nothing is raised for a bad reply: it is an `EditProblem`, written to be sent back to the model.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from agents.policy.edit_matching import Span, nearest, spans
from agents.policy.edit_paths import find_path, no_such_file, path_problem

Read = Callable[[str], bytes | None]
"""Path → content, or None when there is no such regular file."""

_HEAD = re.compile(r"^\s*<{5,9} ?SEARCH>?\b[ :]*(?P<path>\S*)\s*$")
_MIDDLE = re.compile(r"^={5,9}\s*$")
_EXACT_MIDDLE = re.compile(r"^={7}\s*$")
_TAIL = re.compile(r"^\s*>{5,9} ?REPLACE\b")


@dataclass(frozen=True, slots=True)
class Block:
    """One SEARCH/REPLACE block; lines without their newlines."""

    path: str
    """As the model wrote it; empty when it named none."""
    search: tuple[str, ...]
    """Empty: a new file."""
    replace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedEdit:
    """What the reply changes. Every content differs from the file's present one."""

    changes: Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class EditProblem:
    """Why the reply cannot be used."""

    reason: str
    """``unparsable``, ``does_not_apply``, ``ambiguous``, ``forbidden_path``, ``not_text``,
    ``changes_nothing`` (and, from the policy, ``does_not_compile``)."""
    feedback: str
    """For the model: what was wrong and what the file says there."""


def parse_edit(
    reply: str, read: Read, paths: Sequence[str], shown: Sequence[str] = ()
) -> ParsedEdit | EditProblem:
    """The edit that `reply` describes.

    `paths`: every file of the state. `shown`: files that the model was shown; a block without a
    usable path goes to the one of them where it matches exactly once.
    """
    blocks = parse_blocks(reply)
    if isinstance(blocks, EditProblem):
        return blocks
    return apply_blocks(blocks, read, paths, shown)


def parse_blocks(reply: str) -> tuple[Block, ...] | EditProblem:
    """All blocks in order, without repeated ones."""
    if any("\ud800" <= character <= "\udfff" for character in reply):
        return EditProblem("unparsable", "The reply is not valid Unicode.")
    lines = reply.replace("\r\n", "\n").split("\n")
    blocks: list[Block] = []
    place = 0
    while (start := _next(lines, place, _HEAD)) is not None:
        stop = _next(lines, start + 1, _TAIL)
        nested = _next(lines, start + 1, _HEAD)
        if stop is None or (nested is not None and nested < stop):
            return _unclosed(len(blocks) + 1)
        inherited = blocks[-1].path if blocks else ""
        path = _path_of(lines, place, start) or inherited
        block = _block(path, lines[start + 1 : stop], len(blocks) + 1)
        if isinstance(block, EditProblem):
            return block
        blocks.append(block)
        place = stop + 1
    if not blocks:
        return EditProblem("unparsable", "The reply contains no SEARCH/REPLACE block.")
    return tuple(dict.fromkeys(blocks))


def apply_blocks(
    blocks: Sequence[Block], read: Read, paths: Sequence[str], shown: Sequence[str] = ()
) -> ParsedEdit | EditProblem:
    """Apply all blocks or none."""
    by_path: dict[str, list[Block]] = {}
    for block in blocks:
        path = _resolve(block, read, paths, shown)
        if isinstance(path, EditProblem):
            return path
        by_path.setdefault(path, []).append(block)
    changes: dict[str, bytes | None] = {}
    for path, group in by_path.items():
        before = read(path)
        after = _apply(path, before, group)
        if isinstance(after, EditProblem):
            return after
        if after != before:
            changes[path] = after
    if not changes:
        return EditProblem(
            "changes_nothing", "SEARCH and REPLACE are the same, so nothing would change."
        )
    return ParsedEdit(changes)


def _next(lines: Sequence[str], start: int, pattern: re.Pattern[str]) -> int | None:
    return next((i for i in range(start, len(lines)) if pattern.match(lines[i])), None)


def _unclosed(number: int) -> EditProblem:
    text = f"Block {number} is not closed: `>>>>>>> REPLACE` is missing. Write a shorter block."
    return EditProblem("unparsable", text)


def _path_of(lines: Sequence[str], floor: int, start: int) -> str:
    """The path beside a block's head, or in the few lines above it."""
    head = _HEAD.match(lines[start])
    if head and head["path"]:
        return find_path(head["path"])
    above = [line for line in lines[floor:start] if line.strip()][-3:]
    return next((path for line in reversed(above) if (path := find_path(line))), "")


def _block(path: str, body: Sequence[str], number: int) -> Block | EditProblem:
    middles = [i for i, line in enumerate(body) if _EXACT_MIDDLE.match(line)]
    middles = middles or [i for i, line in enumerate(body) if _MIDDLE.match(line)]
    if len(middles) != 1:
        counted = f"Block {number} must have one line `=======` and has {len(middles)}."
        return EditProblem("unparsable", counted)
    search, replace = _trimmed(body[: middles[0]], body[middles[0] + 1 :])
    return Block(path, tuple(search), tuple(replace))


def _trimmed(search: Sequence[str], replace: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Without fences inside the block, and without blank lines that both sides begin or end with.

    A side that is all blank counts as empty.
    """
    search, replace = _unfenced(search), _unfenced(replace)
    if not any(line.strip() for line in search):
        return (), replace
    while search and replace and not search[0].strip() and not replace[0].strip():
        search, replace = search[1:], replace[1:]
    while search and replace and not search[-1].strip() and not replace[-1].strip():
        search, replace = search[:-1], replace[:-1]
    return search, replace


def _unfenced(side: Sequence[str]) -> Sequence[str]:
    fenced = len(side) > 1 and side[0].startswith("```") and side[-1].strip() == "```"
    return side[1:-1] if fenced else side


def _resolve(
    block: Block, read: Read, paths: Sequence[str], shown: Sequence[str]
) -> str | EditProblem:
    """The one file that a block is about."""
    if problem := path_problem(block.path, paths):
        return EditProblem("forbidden_path", problem)
    if block.path in paths or (block.path and not block.search):
        return block.path
    ends = [path for path in paths if block.path and path.endswith("/" + block.path)]
    if len(ends) == 1:
        return _checked(ends[0], paths)
    if not block.search:
        return EditProblem("unparsable", "A new file needs a path line above it.")
    places = [path for path in shown if len(spans(_lines(read(path)), block.search)) == 1]
    if len(places) == 1:
        return _checked(places[0], paths)
    named = no_such_file(block.path, paths) if block.path else "A block has no path above it."
    text = f"{named} Write one of these paths on the line above: {', '.join(shown or paths[:20])}"
    return EditProblem("does_not_apply", text)


def _checked(path: str, paths: Sequence[str]) -> str | EditProblem:
    problem = path_problem(path, paths)
    return EditProblem("forbidden_path", problem) if problem else path


def _apply(path: str, before: bytes | None, blocks: Sequence[Block]) -> bytes | EditProblem:
    if any(not block.search for block in blocks):
        return _created(path, before, blocks)
    if before is None:
        return EditProblem("forbidden_path", f"{path} is not a regular file.")
    if b"\0" in before:
        return EditProblem("not_text", f"{path} is not a text file.")
    lines = _lines(before)
    found: list[tuple[Span, Block]] = []
    for block in blocks:
        span = _only(path, lines, block)
        if isinstance(span, EditProblem):
            return span
        found.append((span, block))
    found.sort(key=lambda pair: pair[0].start)
    for (one, _), (other, _) in pairwise(found):
        if one.stop > other.start:
            text = f"Two blocks change {path} line {other.start + 1}. Write them as one block."
            return EditProblem("ambiguous", text)
    return _replaced(lines, found).encode("utf-8", "surrogateescape")


def _created(path: str, before: bytes | None, blocks: Sequence[Block]) -> bytes | EditProblem:
    if before is not None and before.strip():
        text = f"{path} exists already: put the lines to be replaced into SEARCH."
        return EditProblem("does_not_apply", text)
    if len(blocks) > 1:
        return EditProblem("ambiguous", f"{path} is new: write it in one block.")
    return "".join(line + "\n" for line in blocks[0].replace).encode()


def _lines(content: bytes | None) -> list[str]:
    """Lines with their ends. Bytes that are not UTF-8 go through unharmed."""
    text = (content or b"").decode("utf-8", "surrogateescape")
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _only(path: str, lines: Sequence[str], block: Block) -> Span | EditProblem:
    found = spans(lines, block.search)
    if len(found) == 1:
        return found[0]
    if found:
        starts = ", ".join(str(span.start + 1) for span in found[:5])
        text = f"These lines occur {len(found)} times in {path}, at lines {starts}. "
        return EditProblem("ambiguous", text + "Add lines above or below to make them unique.")
    return EditProblem("does_not_apply", nearest(path, lines, block.search))


def _replaced(lines: Sequence[str], found: Sequence[tuple[Span, Block]]) -> str:
    parts: list[str] = []
    place = 0
    for span, block in found:
        parts += lines[place : span.start]
        parts += _new_lines(lines, span, block)
        place = span.stop
    return "".join([*parts, *lines[place:]])


def _new_lines(lines: Sequence[str], span: Span, block: Block) -> list[str]:
    """The replacement; lines that both sides share are the file's own."""
    old = lines[span.start : span.stop]
    model = old[0] if old[0].endswith("\n") else lines[0]
    newline = "\r\n" if model.endswith("\r\n") else "\n"
    new: list[str] = []
    matcher = SequenceMatcher(None, block.search, block.replace, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        written = [span.shifted(line) + newline for line in block.replace[j1:j2]]
        new += old[i1:i2] if tag == "equal" else written
    return _ended(new, newline, last=not old[-1].endswith("\n"))


def _ended(new: list[str], newline: str, *, last: bool) -> list[str]:
    """Newlines between all lines, and none at the end where the file's last line had none."""
    ended = [line if line.endswith("\n") else line + newline for line in new]
    if ended and last:
        ended[-1] = ended[-1].removesuffix(newline).removesuffix("\n")
    return ended
