"""Which files and lines of a state to repair, from what localisation knows about the base."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.domain import is_test_path
from agents.localise.functions import function_spans
from agents.localise.line_map import hunks, map_lines
from agents.localise.text_hits import function_hits
from agents.policy.protocol import Position
from agents.policy.templates.source import Decoded, decode
from sandbox.protocol import StateId, States

MOST_FILES = 30
"""Only this many files, the most suspicious first: parsing all that a test imports is slow."""
UNNAMED = 0.7
"""A line keeps this share of its suspiciousness when the issue does not name its function."""
WHOLE_FILE = 0.2
"""Share of a file's text hit that its functions get when the issue names none of them."""


@dataclass(frozen=True, slots=True)
class Target:
    """One file as it is at a state."""

    path: str
    source: Decoded
    lines: Mapping[int, float]
    """Line of this version → suspiciousness in (0, 1]."""
    undone: frozenset[str]
    """Texts that would take back a change made on the way here."""


def targets(position: Position, states: States) -> list[Target]:
    """Files to repair; empty when neither coverage nor the issue's words point anywhere."""
    base = StateId(position.preparation.base)
    weights = _suspicious(position, states, base) or _named(position, states, base)
    return [target for path in weights if (target := _at(position, states, path, weights[path]))]


def is_repairable(path: str) -> bool:
    """Python that is not a test."""
    return path.endswith(".py") and not is_test_path(path)


def reverted(base: str, changed: str) -> Iterator[str]:
    """The changed text with all of its changes taken back, and with each one alone."""
    yield base
    old, new = base.split("\n"), changed.split("\n")
    for tag, i1, i2, j1, j2 in hunks(old, new):
        if tag != "equal":
            yield "\n".join([*new[:j1], *old[i1:i2], *new[j2:]])


def _suspicious(
    position: Position, states: States, base: StateId
) -> dict[str, Mapping[int, float]]:
    """Base lines by coverage; the issue's words break ties between functions."""
    lines = position.preparation.localisation.lines
    peaks = {path: max(found.values(), default=0.0) for path, found in lines.items()}
    paths = [path for path in _best(peaks) if is_repairable(path)][:MOST_FILES]
    named = {path: _named_lines(position, states, base, path) for path in paths}
    if not any(named.values()):
        return {path: lines[path] for path in paths}
    return {
        path: {
            line: score * (UNNAMED + (1 - UNNAMED) * named[path].get(line, 0.0))
            for line, score in lines[path].items()
        }
        for path in paths
    }


def _named(position: Position, states: States, base: StateId) -> dict[str, Mapping[int, float]]:
    """Base lines of the functions that the issue names; of all functions where it names none."""
    hits = position.preparation.localisation.text_hits
    paths = [path for path in _best(hits) if is_repairable(path)][:MOST_FILES]
    named = {path: _named_lines(position, states, base, path) for path in paths}
    if any(named.values()):
        return {
            path: {line: hits[path] * hit for line, hit in found.items()}
            for path, found in named.items()
            if found
        }
    return {
        path: dict.fromkeys(_function_lines(states, base, path), WHOLE_FILE * hits[path])
        for path in paths
    }


def _best(scores: Mapping[str, float]) -> list[str]:
    return sorted((p for p in scores if scores[p] > 0), key=lambda p: (-scores[p], p))


def _named_lines(position: Position, states: States, base: StateId, path: str) -> dict[int, float]:
    decoded = _read(states, base, path)
    failures = position.preparation.reproduction.failures.values()
    issue = "\n".join([position.issue.problem_statement, position.issue.hints_text, *failures])
    found: dict[int, float] = {}
    for span, hit in function_hits(issue, path, decoded.text if decoded else "").items():
        for line in range(span.start, span.end + 1):
            found[line] = max(hit, found.get(line, 0.0))
    return found


def _function_lines(states: States, base: StateId, path: str) -> list[int]:
    decoded = _read(states, base, path)
    spans = function_spans(decoded.text if decoded else "")
    return [line for span in spans for line in range(span.start, span.end + 1)]


def _at(position: Position, states: States, path: str, lines: Mapping[int, float]) -> Target | None:
    now = _read(states, position.state, path)
    before = _read(states, StateId(position.preparation.base), path)
    if now is None:
        return None
    if before is None or before.text == now.text:
        return Target(path, now, lines, frozenset())
    mapped = map_lines(before.text, now.text, lines)
    return Target(path, now, mapped, frozenset(reverted(before.text, now.text)))


def _read(states: States, state: StateId, path: str) -> Decoded | None:
    data = states.read(state, path)
    return None if data is None else decode(data)
