"""How strongly an issue's words point at a file and at its functions. Pure.

Clues, strongest first: traceback frames, file names, dotted names, identifiers that the writer
marked as code (backticks, fences). Prose words never count: "list" and "key" are everywhere.
Bug reports that name the fault's place do so in these forms (Zhou, Zhang and Lo 2012,
"Where should the bugs be fixed?"; Wong et al. 2014 on stack traces in bug reports).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agents.localise.functions import FunctionSpan, enclosing
from agents.localise.symbols import language, symbols

FRAME, FILE, DOTTED, NAMED, USED = 0.9, 0.8, 0.6, 0.5, 0.05
"""How much one clue of each kind is worth; clues are joined as independent evidence."""

_FRAME = re.compile(r'File "([^"\n]+)", line (\d+)(?:, in (\w+))?')
_AT_LINE = re.compile(r"(?<![\w/.-])([\w./-]+\.[a-z]+):(\d+)")
"""How most languages, compilers and test tools write a frame: ``src/app.js:12``."""
_FILE = re.compile(r"(?<![\w/.-])([\w./-]*\w\.[a-z]+)\b")
_FENCE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)
_TICKS = re.compile(r"(`+)([^`]+)\1")
_NAME = re.compile(r"[^\W\d]\w*")
_DOTTED = re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Clues:
    """What a text says about places in code."""

    frames: tuple[tuple[str, int, str], ...]
    """File, line and function of each traceback frame; the function may be empty."""
    files: frozenset[str]
    dotted: frozenset[str]
    names: frozenset[str]
    """Identifiers that were written as code, the parts of dotted names among them."""


def clues(text: str) -> Clues:
    """Read the clues off a text."""
    files = frozenset(file for file in _FILE.findall(text) if language(file))
    dotted = frozenset(_DOTTED.findall(text)) - files
    marked = " ".join([*_FENCE.findall(text), *(hit[1] for hit in _TICKS.findall(text))])
    names = frozenset(_NAME.findall(marked)) | {part for d in dotted for part in d.split(".")}
    called = re.findall(r"\b([^\W\d]\w*)\(", text)
    frames = [(file, int(line), name) for file, line, name in _FRAME.findall(text)]
    frames += [(file, int(line), "") for file, line in _AT_LINE.findall(text) if language(file)]
    return Clues(tuple(frames), files, dotted, names | {c for c in called if len(c) > 1})


def text_hits(text: str, sources: Mapping[str, str]) -> dict[str, float]:
    """Path → how strongly `text` points there, in (0, 1]; paths without any hit are left out."""
    found = clues(text)
    defined = {path: _defined(path, source) for path, source in sources.items()}
    owners = Counter(name for names in defined.values() for name in names)
    hits = {path: _join(_of_path(found, path, defined[path], owners)) for path in sources}
    _add_uses(found, sources, hits)
    return {path: hit for path, hit in sorted(hits.items()) if hit > 0}


def function_hits(
    found: Clues, path: str, spans: tuple[FunctionSpan, ...]
) -> dict[FunctionSpan, float]:
    """Function of the file → how strongly a text points at it, in (0, 1]; others are left out."""
    framed = {
        span: FRAME
        for file, line, name in found.frames
        if same_file(file, path) and (span := _framed(spans, line, name))
    }
    hits = {span: _join([framed.get(span, 0.0), _of_function(found, span)]) for span in spans}
    return {span: hit for span, hit in hits.items() if hit > 0}


def same_file(written: str, path: str) -> bool:
    """Whether a path as people write it (absolute, or only its tail) means `path`."""
    ours = path.split("/")
    theirs = [part for part in written.replace("\\", "/").split("/") if part not in ("", ".")]
    shared = min(len(ours), len(theirs))
    return shared > 0 and ours[-shared:] == theirs[-shared:]


def _defined(path: str, source: str) -> frozenset[str]:
    """Names of functions and classes. For Python by their look: parsing all files is slow."""
    if path.endswith(".py"):
        return frozenset(_DEFINED.findall(source))
    return frozenset(part for span in symbols(path, source) for part in span.name.split("."))


def _of_path(
    found: Clues, path: str, defined: frozenset[str], owners: Mapping[str, int]
) -> Iterator[float]:
    # A bare file name in a traceback from elsewhere would match too often: frames need a folder.
    yield FRAME * any(same_file(file, path) for file, _, _ in found.frames)
    yield FILE * any(same_file(file, path) for file in found.files)
    yield DOTTED * any(_is_module(name, path) for name in found.dotted)
    for name in sorted(found.names & defined):
        if not (name.startswith("__") and name.endswith("__")):
            yield NAMED / owners[name]


def _is_module(dotted: str, path: str) -> bool:
    module = path.rpartition(".")[0].removesuffix("/__init__").replace("/", ".")
    tail = dotted
    while "." in tail:
        if module == tail or module.endswith("." + tail):
            return True
        tail = tail.rpartition(".")[0]
    return module.rpartition(".")[2] == tail


def _add_uses(found: Clues, sources: Mapping[str, str], hits: dict[str, float]) -> None:
    """Files that only use a marked name come in weakly, so that there is somewhere to look."""
    if any(hits.values()):
        return
    for path, source in sources.items():
        used = found.names & frozenset(_NAME.findall(source))
        hits[path] = _join([USED] * len(used))


def _framed(spans: tuple[FunctionSpan, ...], line: int, name: str) -> FunctionSpan | None:
    """Line numbers in a report may belong to another version; the name then decides."""
    at_line = enclosing(spans, line)
    if not name or (at_line and at_line.short == name):
        return at_line
    return next((span for span in spans if span.short == name), None)


def _of_function(found: Clues, span: FunctionSpan) -> float:
    if any(name == span.name or name.endswith("." + span.name) for name in found.dotted):
        return FILE
    is_dunder = span.short.startswith("__")
    if not is_dunder and span.short in found.names:
        return NAMED
    owner = span.name.rpartition(".")[0]
    return NAMED / 2 if owner and owner in found.names else 0.0


def _join(evidence: Iterable[float]) -> float:
    left = 1.0
    for weight in evidence:
        left *= 1.0 - weight
    return 1.0 - left
