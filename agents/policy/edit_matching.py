"""Where lines that a model wrote stand in a file, strictest reading first. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

SHOWN_LINES = 30
"""Most lines of a file that `nearest` quotes."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines ``[start, stop)`` of a file, counted from 0, and how the model's indentation differs."""

    start: int
    stop: int
    add: str = ""
    """White space that the model left out before every line."""
    drop: str = ""
    """White space that the model wrote too much before every line."""

    def shifted(self, line: str) -> str:
        """A line of the replacement, moved to the file's indentation."""
        return self.add + line.removeprefix(self.drop) if line.strip() else line


def spans(lines: Sequence[str], search: Sequence[str]) -> list[Span]:
    """Every place where `search` stands, by the first reading that finds any.

    Readings: to the character; with one uniform shift of indentation; and then without looking at
    trailing white space either. `lines` may have ends, `search` has none and is not all blank.
    """
    content = [_bare(line) for line in lines]
    first = search[0].strip()
    starts = [
        start for start in range(len(content) - len(search) + 1) if content[start].strip() == first
    ]
    for reading in (_exact, _shifted, _loose):
        found = [span for start in starts if (span := reading(content, search, start))]
        if found:
            return found
    return []


def nearest(path: str, lines: Sequence[str], search: Sequence[str]) -> str:
    """For the model: the lines of the file that `search` most likely meant."""
    content = [_bare(line) for line in lines]
    start = _best_start(content, search)
    if start is None:
        return f"The lines to be replaced are not in {path}, and nothing there resembles them."
    low, high = max(0, start - 1), min(len(content), start + min(len(search), SHOWN_LINES) + 1)
    quoted = "\n".join(content[low:high])
    return (
        f"The lines to be replaced are not in {path}. The nearest are lines {low + 1} to {high}:\n"
        f"```\n{quoted}\n```\nCopy the lines to be replaced from there, character by character."
    )


def _bare(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


def _exact(content: Sequence[str], search: Sequence[str], start: int) -> Span | None:
    stop = start + len(search)
    return Span(start, stop) if tuple(content[start:stop]) == tuple(search) else None


def _shifted(content: Sequence[str], search: Sequence[str], start: int) -> Span | None:
    return _uniform(content, search, start, lambda line: line)


def _loose(content: Sequence[str], search: Sequence[str], start: int) -> Span | None:
    return _uniform(content, search, start, str.rstrip)


def _uniform(
    content: Sequence[str], search: Sequence[str], start: int, bare: Callable[[str], str]
) -> Span | None:
    stop = start + len(search)
    pairs = [(bare(o), bare(s)) for o, s in zip(content[start:stop], search, strict=True)]
    pairs = [(old, new) for old, new in pairs if old.strip() or new.strip()]
    old, new = pairs[0]
    add, drop = old.removesuffix(new), new.removesuffix(old)
    if old.endswith(new) and not add.strip():
        fits = all(one == add + other for one, other in pairs)
        return Span(start, stop, add=add) if fits else None
    if new.endswith(old) and not drop.strip():
        fits = all(drop + one == other for one, other in pairs)
        return Span(start, stop, drop=drop) if fits else None
    return None


def _best_start(content: Sequence[str], search: Sequence[str]) -> int | None:
    """The window that shares most text with `search`; else one around its closest single line."""
    wanted = {line.strip() for line in search}
    weights = [len(line.strip()) if line.strip() in wanted else 0 for line in content]
    size = len(search)
    sums = [sum(weights[start : start + size]) for start in range(len(content))]
    if sums and max(sums) > 0:
        return sums.index(max(sums))
    longest = max(search, key=lambda line: len(line.strip()))
    close = get_close_matches(longest.strip(), dict.fromkeys(map(str.strip, content)), 1, 0.5)
    if not close:
        return None
    place = next(i for i, line in enumerate(content) if line.strip() == close[0])
    return max(0, place - list(search).index(longest))
