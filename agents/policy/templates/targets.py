"""Which files and lines of a state to repair, from what localisation knows about the base."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.domain import Localisation, is_test_path
from agents.localise.line_map import hunks, map_lines
from agents.policy.protocol import Position
from agents.policy.templates.source import Decoded, decode
from sandbox.protocol import StateId, States

MOST_FILES = 30
"""Only this many files, the most suspicious first: parsing all that a test imports is slow."""
UNRANKED = 0.2
"""A line keeps this share of its suspiciousness when nothing points at its function. Of 0, 0.2 and
0.5 on the demo's bugs; 0 would shut out what the ranking left out."""


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
    """Files to repair; empty when neither coverage nor any other clue points anywhere."""
    where = position.preparation.localisation
    weights = _suspicious(where) or _named(where)
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


def _suspicious(where: Localisation) -> dict[str, Mapping[int, float]]:
    """Base lines by coverage; the fused weights of their functions say which matter more."""
    peaks = {path: max(found.values(), default=0.0) for path, found in where.lines.items()}
    shares = _by_line(where)
    return {
        path: {
            line: score * (UNRANKED + (1 - UNRANKED) * shares[path].get(line, 0.0))
            if shares
            else score
            for line, score in where.lines[path].items()
        }
        for path in _best(peaks)
    }


def _named(where: Localisation) -> dict[str, Mapping[int, float]]:
    """Where nothing was traced: all lines of the functions that anything else points at."""
    lines = _by_line(where)
    peaks = {path: max(found.values(), default=0.0) for path, found in lines.items()}
    return {path: lines[path] for path in _best(peaks)}


def _by_line(where: Localisation) -> dict[str, dict[int, float]]:
    """Path → line → weight of the innermost function that holds it, the best one's being 1."""
    found: dict[str, dict[int, float]] = defaultdict(dict)
    best = max((place.weight for place in where.functions), default=1.0)
    for place in sorted(where.functions, key=lambda place: (place.start, -place.end)):
        lines = range(place.start, place.end + 1)
        found[place.path] |= dict.fromkeys(lines, place.weight / best)
    return found


def _best(scores: Mapping[str, float]) -> list[str]:
    good = [path for path in scores if scores[path] > 0 and is_repairable(path)]
    return sorted(good, key=lambda path: (-scores[path], path))[:MOST_FILES]


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
