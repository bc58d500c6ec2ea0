"""The code of a prompt: the places that a note chose first, then what is suspicious. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agents.domain import Place
from agents.llm.clipping import clip
from agents.llm.protocol import estimate_tokens
from agents.policy.places import chosen_places, now_at
from agents.policy.prompts.context import Excerpt, choose
from agents.policy.protocol import Position
from sandbox.protocol import StateId, States

PLACES_SHARE = 0.7
"""Of the room for code, at most."""
LEAST_ROOM = 150
"""Tokens; with less left, nothing else is shown."""


def excerpts(position: Position, states: States, tokens: int) -> tuple[Excerpt, ...]:
    """Code of about `tokens` together."""
    first = tuple(placed(chosen_places(position), position.state, states, tokens * PLACES_SHARE))
    room = tokens - sum(estimate_tokens(excerpt.text) + 12 for excerpt in first)
    if not first:
        return choose(position, states, tokens)
    rest = choose(position, states, room) if room >= LEAST_ROOM else ()
    weights = {excerpt.path: excerpt.weights for excerpt in rest}
    others = [part for excerpt in rest for part in _outside(excerpt, first)]
    return (*(replace(e, weights=weights.get(e.path, {})) for e in first), *others)


def placed(
    places: Sequence[Place], state: StateId, states: States, tokens: float
) -> Iterator[Excerpt]:
    """Each place as it is in `state`, with an equal share of `tokens`; a lost file is left out."""
    share = int(tokens / max(1, len(places)))
    for place in places:
        content = states.read(state, place.path)
        if content is None:
            continue
        source = content.decode("utf-8", "replace").replace("\r\n", "\n")
        now = now_at(place, source)
        text = "\n".join(source.split("\n")[now.start - 1 : now.end])
        yield Excerpt(place.path, now.start, now.end, _head(text, share), place.weight)


def _head(text: str, tokens: int) -> str:
    """Whole lines, cut where they end: what is shown must be there to be copied."""
    kept: list[str] = []
    for line in text.split("\n"):
        tokens -= estimate_tokens(line) + 1
        if tokens < 0 and kept:
            break
        kept.append(line if tokens >= 0 else clip(line, 100))
    return "\n".join(kept)


def _outside(excerpt: Excerpt, first: Sequence[Excerpt]) -> Iterator[Excerpt]:
    """What of an excerpt is not shown already."""
    taken = {n for e in first if e.path == excerpt.path for n in range(e.start, e.end + 1)}
    lines = excerpt.text.split("\n")
    begun: int | None = None
    for number in range(excerpt.start, excerpt.start + len(lines) + 1):
        inside = number < excerpt.start + len(lines) and number not in taken
        if inside and begun is None:
            begun = number
        elif not inside and begun is not None:
            text = "\n".join(lines[begun - excerpt.start : number - excerpt.start])
            if text.strip():
                yield replace(excerpt, start=begun, end=number - 1, text=text.strip("\n"))
            begun = None
