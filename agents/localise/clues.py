"""For each clue, which files and functions it points at and how strongly. Pure.

``coverage``, ``contrast`` and ``frames`` come from runs (`evidence.Traces`), ``profile`` from a slow one, ``names`` from places
that the issue and its failures name (`text_hits`), ``words`` from what they share with the code
(`bm25`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agents.localise.bm25 import bm25
from agents.localise.evidence import Evidence, LineWeights, Traces
from agents.localise.functions import FunctionSpan, running
from agents.localise.symbols import symbols
from agents.localise.text_hits import clues, function_hits, text_hits
from agents.localise.words import words


class Function(NamedTuple):
    """A function of the repository."""

    path: str
    span: FunctionSpan


def file_clues(evidence: Evidence, found: Traces) -> dict[str, dict[str, float]]:
    """Clue → path → how strongly it points there, above 0."""
    counts = {path: words(f"{path}\n{text}") for path, text in evidence.sources.items()}
    return {
        "coverage": _peaks(found.coverage),
        "contrast": _peaks(found.contrast),
        "frames": _peaks(found.frames),
        "profile": _peaks(evidence.hot),
        "names": text_hits(evidence.text(), evidence.sources),
        "words": bm25(words(evidence.text()), counts),
    }


def function_clues(
    evidence: Evidence, found: Traces, paths: Sequence[str]
) -> dict[str, dict[Function, float]]:
    """Clue → function of these files → how strongly it points there, above 0."""
    spans = {path: symbols(path, evidence.sources[path]) for path in paths}
    every = [Function(path, span) for path in paths for span in spans[path]]
    said = clues(evidence.text())
    return {
        "coverage": _by_function(found.coverage, spans),
        "contrast": _by_function(found.contrast, spans),
        "frames": _by_function(found.frames, spans),
        "profile": _by_function(evidence.hot, spans),
        "names": {
            Function(path, span): hit
            for path in paths
            for span, hit in function_hits(said, path, spans[path]).items()
        },
        "words": bm25(words(evidence.text()), {f: words(_text(evidence, f)) for f in every}),
    }


def _peaks(lines: LineWeights) -> dict[str, float]:
    return {path: max(found.values()) for path, found in lines.items() if found}


def _by_function(
    lines: LineWeights, spans: Mapping[str, tuple[FunctionSpan, ...]]
) -> dict[Function, float]:
    """The largest weight of a function's own lines; a line belongs to the innermost one."""
    found: dict[Function, float] = {}
    for path, weights in lines.items():
        for line, weight in weights.items():
            span = running(spans.get(path, ()), line)
            if span:
                function = Function(path, span)
                found[function] = max(weight, found.get(function, 0.0))
    return found


def _text(evidence: Evidence, function: Function) -> str:
    lines = evidence.sources[function.path].split("\n")
    span = function.span
    return "\n".join([function.path, span.name, *lines[span.start - 1 : span.end]])
