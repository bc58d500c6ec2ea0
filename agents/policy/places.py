"""Functions as places: those that localisation points at, and where one is in a changed file."""

from collections.abc import Iterator
from dataclasses import replace

from agents.domain import Place
from agents.localise.functions import enclosing, function_spans
from agents.policy.protocol import Position
from agents.policy.templates.source import decode
from agents.policy.templates.targets import Target, is_repairable, targets
from sandbox.protocol import States

FILES_READ = 12
"""Where nothing points anywhere."""


def candidate_places(position: Position, states: States) -> tuple[Place, ...]:
    """The functions of the state, the most suspicious first.

    Where nothing points anywhere: those of any few files, with the weight 0.
    """
    found = [place for target in targets(position, states) for place in _functions(target)]
    found.sort(key=lambda place: (-place.weight, place.path, place.start))
    return tuple(found) or tuple(_any(position, states))


def now_at(place: Place, source: str) -> Place:
    """The place in a later version of its file: the function of that name, where there is one."""
    named = [span for span in function_spans(source) if span.name == place.name]
    lines = max(1, source.count("\n") + (not source.endswith("\n")))
    if named:
        nearest = min(named, key=lambda span: abs(span.start - place.start))
        return replace(place, start=nearest.start, end=nearest.end)
    return replace(place, start=min(place.start, lines), end=min(place.end, lines))


def chosen_places(position: Position) -> tuple[Place, ...]:
    """Those of the last note that names any."""
    return next((note.places for note in reversed(position.notes) if note.places), ())


def described(place: Place) -> str:
    """Such as ``Parser.parse (pkg/core.py, lines 12 to 40)``."""
    where = f"{place.path}, lines {place.start} to {place.end}"
    return f"{place.name} ({where})" if place.name else where


def _functions(target: Target) -> Iterator[Place]:
    """Functions with a suspicious line of their own, not only one of a function inside."""
    spans = function_spans(target.source.text)
    heaviest: dict[tuple[int, int, str], float] = {}
    for line, weight in target.lines.items():
        span = enclosing(spans, line)
        if span is not None and weight > 0:
            key = (span.start, span.end, span.name)
            heaviest[key] = max(weight, heaviest.get(key, 0.0))
    for (start, end, name), weight in heaviest.items():
        yield Place(path=target.path, start=start, end=end, name=name, weight=min(1.0, weight))


def _any(position: Position, states: States) -> Iterator[Place]:
    for path in [p for p in states.paths(position.state) if is_repairable(p)][:FILES_READ]:
        decoded = decode(states.read(position.state, path) or b"")
        for span in function_spans(decoded.text) if decoded else ():
            yield Place(path=path, start=span.start, end=span.end, name=span.name)
