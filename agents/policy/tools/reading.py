"""Answers to calls that only read. Whatever they say is bounded by `RESULT_TOKENS`."""

from collections.abc import Iterator, Sequence

from agents.llm.protocol import estimate_tokens
from agents.localise.functions import function_spans
from agents.policy.draft import Draft
from agents.policy.edit_paths import no_such_file
from agents.policy.tools.arguments import Arguments

RESULT_TOKENS = 500
MOST_HITS = 25
LINE_CHARS = 160
VIEW_LINES = 120
LARGEST_BYTES = 1_000_000
"""Larger files are not searched."""


def read_only(name: str, given: Arguments, draft: Draft) -> str:
    """The answer of ``search``, ``symbols`` or ``view``; an unhelpful question is told why."""
    if name == "search":
        return _search(str(given["text"]), str(given.get("folder", "")), draft)
    if name == "symbols":
        return _symbols(str(given.get("path", "")), str(given.get("name", "")), draft)
    start = int(given.get("start", 1))
    return _view(str(given["path"]), start, int(given.get("end", start + VIEW_LINES - 1)), draft)


def _search(text: str, folder: str, draft: Draft) -> str:
    if not text.strip():
        return "search needs a text that is not blank."
    prefix = folder.strip("./")
    paths = [p for p in draft.paths() if not prefix or p.startswith(prefix + "/") or p == prefix]
    if not paths:
        return f"There is no folder {folder!r}."
    hits = list(_hits(text, paths, draft))
    if not hits:
        where = f"below {prefix}" if prefix else "in the repository"
        return f"{text!r} occurs nowhere {where}. It is searched for to the letter, in one line."
    more = f"There are more than these {MOST_HITS}: search for more, or below a folder."
    return _bounded(hits[:MOST_HITS], more if len(hits) > MOST_HITS else "")


def _hits(text: str, paths: Sequence[str], draft: Draft) -> Iterator[str]:
    """One more than is shown, where there are more."""
    left, wanted = MOST_HITS + 1, text.encode()
    for path in paths:
        content = draft.read(path)
        if not content or wanted not in content or b"\0" in content[:8000]:
            continue
        if len(content) > LARGEST_BYTES:
            continue
        for number, line in enumerate(_lines(content), 1):
            if text in line:
                yield f"{path}:{number}: {line.strip()[:LINE_CHARS]}"
                left -= 1
                if not left:
                    return


def _symbols(path: str, name: str, draft: Draft) -> str:
    if not path and not name:
        return "symbols needs a path or a name."
    paths = draft.paths()
    if path and path not in paths:
        return no_such_file(path, paths)
    wanted = [path] if path else [p for p in paths if p.endswith(".py")]
    found = [line for p in wanted for line in _defined(p, name, draft)]
    if not found:
        return f"There is no such function in {path or 'any file'}."
    return _bounded(found)


def _defined(path: str, name: str, draft: Draft) -> Iterator[str]:
    content = draft.read(path) or b""
    last = name.rpartition(".")[2]
    if last.encode() not in content:
        return
    for span in function_spans("\n".join(_lines(content))):
        if not name or f".{name}." in f".{span.name}.":
            yield f"{path}: {span.name}, lines {span.start} to {span.end}"


def _view(path: str, start: int, end: int, draft: Draft) -> str:
    content = draft.read(path)
    if content is None:
        return no_such_file(path, draft.paths())
    if b"\0" in content:
        return f"{path} is not a text file."
    lines = _lines(content)
    if start > len(lines):
        return f"{path} has {len(lines)} lines."
    last = max(start, min(end, len(lines), start + VIEW_LINES - 1))
    shown = _fitting(lines[start - 1 : last])
    stop = start + len(shown) - 1
    more = f"\nView it from line {stop + 1} to see more." if stop < min(end, len(lines)) else ""
    body = "\n".join(shown)
    return f"{path}, lines {start} to {stop} of {len(lines)}:\n```\n{body}\n```{more}"


def _bounded(lines: Sequence[str], more: str = "") -> str:
    shown = _fitting(lines)
    if len(shown) < len(lines):
        more = more or f"{len(lines) - len(shown)} more are left out."
    return "\n".join([*shown, more]).strip()


def _fitting(lines: Sequence[str]) -> list[str]:
    """The first lines, of about `RESULT_TOKENS` together; one at least."""
    kept: list[str] = []
    left = RESULT_TOKENS - 40
    for line in lines:
        left -= estimate_tokens(line) + 1
        if left < 0:
            break
        kept.append(line)
    return kept or [line[:1000] for line in lines[:1]]


def _lines(content: bytes) -> list[str]:
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    return text.removesuffix("\n").split("\n")
