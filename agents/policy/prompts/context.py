"""Which code a prompt shows: the most suspicious functions of the state, cut to a budget. Pure.

A file falls into segments: its functions and what lies between them. A function's score is its
weight in the localisation, where all clues are fused. Where there is none, it is the largest Ochiai
value of its lines, plus something for an issue whose words point at the file or name the function.
What lies between counts less, because importing runs it in every test.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agents.domain import Localisation, is_test_path
from agents.llm.clipping import clip
from agents.llm.protocol import estimate_tokens
from agents.localise.functions import FunctionSpan
from agents.localise.line_map import map_lines
from agents.localise.symbols import language, symbols
from agents.policy.protocol import Position
from sandbox.protocol import StateId, States

FILES_READ = 12
NAMED_WEIGHT = 0.5
TEXT_WEIGHT = 0.3
BETWEEN_WEIGHT = 0.5
SHORTEST_NAME = 3
"""Shorter names are words of the language too."""
SUSPECTS = 6
SUSPECT_OF_BEST = 0.8
LEAST_OF_BEST = 0.2
"""Segments below this part of the best score would only distract."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Consecutive lines of a file, as they are: no line numbers, so that they can be copied."""

    path: str
    start: int
    """First line, from 1."""
    end: int
    text: str
    score: float
    weights: Mapping[int, float] = field(default_factory=dict)
    """Line of the file → suspiciousness."""

    @property
    def language(self) -> str:
        """As code fences write it."""
        return language(self.path) or ""


def choose(position: Position, states: States, tokens: int) -> tuple[Excerpt, ...]:
    """The excerpts to show, of about `tokens` together: files by rank, lines in order."""
    every = [
        excerpt for path in _files(position, states) for excerpt in _of(path, position, states)
    ]
    every.sort(key=lambda excerpt: (-excerpt.score, excerpt.path, excerpt.start))
    taken: list[Excerpt] = []
    for excerpt in every:
        cost = estimate_tokens(excerpt.text) + 12
        if cost <= tokens and excerpt.score >= LEAST_OF_BEST * every[0].score:
            taken.append(excerpt)
            tokens -= cost
    if every and not taken:
        taken = [_shortened(every[0], tokens)]
    rank = {path: n for n, path in enumerate(dict.fromkeys(e.path for e in taken))}
    taken.sort(key=lambda excerpt: (rank[excerpt.path], excerpt.start))
    return tuple(_merged(taken))


def suspects(excerpts: Sequence[Excerpt]) -> tuple[str, ...]:
    """The few most suspicious lines of what is shown, stripped; none when most are alike."""
    weighed = [
        (excerpt.weights.get(number, 0.0), line.strip())
        for excerpt in excerpts
        for number, line in enumerate(excerpt.text.split("\n"), excerpt.start)
    ]
    best = max((weight for weight, _ in weighed), default=0.0)
    top = [(w, line) for w, line in weighed if best and w >= SUSPECT_OF_BEST * best and line]
    top.sort(key=lambda pair: -pair[0])
    return tuple(line for _, line in top) if len(top) <= SUSPECTS else ()


def _files(position: Position, states: States) -> list[str]:
    """Source files by how much points at them; any few, when nothing points anywhere."""
    where = position.preparation.localisation
    fused = _fused(where)
    every = [p for p in states.paths(position.state) if language(p) and not is_test_path(p)]
    score = {path: fused.get(path, 0.0) if fused else _file_score(path, where) for path in every}
    pointed = [path for path in every if score[path] > 0] or every
    return sorted(pointed, key=lambda path: (-score[path], path))[:FILES_READ]


def _fused(where: Localisation) -> dict[str, float]:
    """Path → weight of the file, or of the best function in it."""
    found: dict[str, float] = {}
    for place in (*where.files, *where.functions):
        found[place.path] = max(place.weight, found.get(place.path, 0.0))
    return found


def _file_score(path: str, where: Localisation) -> float:
    lines = max(where.lines.get(path, {}).values(), default=0.0)
    return lines + TEXT_WEIGHT * where.text_hits.get(path, 0.0)


def _of(path: str, position: Position, states: States) -> Iterator[Excerpt]:
    """All segments of a file, scored."""
    where = position.preparation.localisation
    source = _text(states.read(position.state, path))
    weights = where.lines.get(path, {})
    if weights:
        base = _text(states.read(StateId(position.preparation.base), path))
        weights = map_lines(base, source, weights) if base != source else weights
    scored = _Scores.of(path, position, weights)
    lines = source.split("\n")
    for span, is_function in _segments(path, source, lines):
        text = "\n".join(lines[span.start - 1 : span.end])
        if text.strip():
            score = scored.function(span) if is_function else scored.between(span)
            yield Excerpt(path, span.start, span.end, text, score, weights)


@dataclass(frozen=True, slots=True)
class _Scores:
    """How much the segments of one file matter."""

    weights: Mapping[int, float]
    """Line → Ochiai."""
    places: Mapping[str, float] | None
    """Function → fused weight; None where the localisation has none."""
    words: frozenset[str]
    hit: float

    @classmethod
    def of(cls, path: str, position: Position, weights: Mapping[int, float]) -> "_Scores":
        where = position.preparation.localisation
        here = {place.name: place.weight for place in where.functions[::-1] if place.path == path}
        words = frozenset(re.findall(r"\w+", position.issue.problem_statement))
        hit = TEXT_WEIGHT * where.text_hits.get(path, 0.0)
        return cls(weights, here if where.functions else None, words, hit)

    def function(self, span: FunctionSpan) -> float:
        if self.places is None:
            return self._heaviest(span) + _named(span, self.words) + self.hit
        inside = [
            weight
            for name, weight in self.places.items()
            if name == span.name or name.startswith(span.name + ".")
        ]
        # A function that an edit brought has no weight of its own.
        return max(inside, default=BETWEEN_WEIGHT * self._heaviest(span))

    def between(self, span: FunctionSpan) -> float:
        share = BETWEEN_WEIGHT * self._heaviest(span)
        return share + self.hit if self.places is None else share

    def _heaviest(self, span: FunctionSpan) -> float:
        return max(self.weights.get(number, 0.0) for number in range(span.start, span.end + 1))


def _text(content: bytes | None) -> str:
    text = (content or b"").decode("utf-8", "replace")
    return text.replace("\r\n", "\n").removesuffix("\n")


def _segments(path: str, source: str, lines: Sequence[str]) -> Iterator[tuple[FunctionSpan, bool]]:
    """The outermost functions and methods, and what lies between them, without gaps.

    Blank lines belong to what stands above them.
    """
    place = 1
    for span in symbols(path, source):
        if span.start < place:
            continue
        if place < span.start:
            yield FunctionSpan(place, span.start - 1, ""), False
        end = span.end
        while end < len(lines) and not lines[end].strip():
            end += 1
        yield replace(span, end=end), True
        place = end + 1
    if place <= len(lines):
        yield FunctionSpan(place, len(lines), ""), False


def _named(span: FunctionSpan, words: frozenset[str]) -> float:
    """Whether the issue says the function's name."""
    telling = len(span.short) >= SHORTEST_NAME and not span.short.startswith("__")
    return NAMED_WEIGHT if telling and span.short in words else 0.0


def _shortened(excerpt: Excerpt, tokens: int) -> Excerpt:
    """The head of a segment that is too long on its own; of one very long line both ends."""
    lines = excerpt.text.split("\n")
    while len(lines) > 1 and estimate_tokens("\n".join(lines)) > tokens:
        lines = lines[: len(lines) * 3 // 4]
    end = excerpt.start + len(lines) - 1
    if len(lines) == 1:
        lines = [clip(lines[0], tokens).replace("\n", " ")]
    return replace(excerpt, end=end, text="\n".join(lines))


def _merged(excerpts: Sequence[Excerpt]) -> list[Excerpt]:
    """Neighbours in one file become one excerpt; blank lines at its ends are left out."""
    merged: list[Excerpt] = []
    for new in excerpts:
        last = merged[-1] if merged else None
        if last and last.path == new.path and last.end + 1 == new.start:
            text, score = last.text + "\n" + new.text, max(last.score, new.score)
            merged[-1] = replace(last, end=new.end, text=text, score=score)
        else:
            merged.append(new)
    return [_bare(excerpt) for excerpt in merged]


def _bare(excerpt: Excerpt) -> Excerpt:
    text = excerpt.text.lstrip("\n")
    start = excerpt.start + len(excerpt.text) - len(text)
    return replace(excerpt, start=start, text=text.rstrip())
