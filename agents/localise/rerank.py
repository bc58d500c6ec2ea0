"""A model puts the likeliest places first: one call, shared by all branches. Pure but for `ask`.

CodeMonkeys ranks files this way once per issue (Ehrlich et al. 2025), and Agentless goes
from files to functions (Xia et al. 2024). Whoever gives `ask` books what the call cost.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agents.domain import Place
from agents.llm.protocol import Message, estimate_tokens
from agents.llm.templates import templates
from agents.localise.symbols import language

Ask = Callable[[tuple[Message, ...]], str]
"""A chat in, the reply's text out. Raises: ModelError."""

MOST = 20
TOKENS = 3000
"""What a policy shows by default: a model whose context holds a trial's prompt holds this one."""
ISSUE_SHARE = 0.3
FAILURE_TOKENS = 200
SHORTEST_NAME = 3
"""Shorter names are words of the language too."""
SYSTEM = "You find the faulty code behind an issue in a repository."

_render = templates(Path(__file__).parent)
_LIST = re.compile(r"(?<![\w)\]])\[([^\[\]]*)\]")
"""What follows a name or a bracket is a subscript."""
_BARE = re.compile(r"^\W*\d+(?:[\s,;>#.]+\d+)*\W*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as the prompt has it."""

    path: str
    name: str
    language: str
    text: str


def reranked(
    issue: str,
    failures: Sequence[str],
    places: tuple[Place, ...],
    sources: Mapping[str, str],
    ask: Ask,
) -> tuple[Place, ...]:
    """The same places, those of the first `MOST` that the model names in front.

    The weights stay where they are and the places move: the n-th place has the n-th largest
    weight. A reply without any order in it leaves all as it was. Raises: what `ask` raises.
    """
    head = places[:MOST]
    if len(head) <= 1:
        return places
    order = read_order(ask(prompt(issue, failures, head, sources)), head)
    named = [replace(head[n], clues=("model", *head[n].clues)) for n in order]
    others = [place for n, place in enumerate(head) if n not in order]
    moved = (*named, *others, *places[MOST:])
    return tuple(
        replace(place, weight=old.weight) for place, old in zip(moved, places, strict=True)
    )


def prompt(
    issue: str,
    failures: Sequence[str],
    places: Sequence[Place],
    sources: Mapping[str, str],
    tokens: int = TOKENS,
) -> tuple[Message, ...]:
    """The chat, of about `tokens` at most; each place gets an equal share for its first lines."""
    told = [head(text, FAILURE_TOKENS) for text in dict.fromkeys(failures)][:3]
    said = head(issue.strip(), int(tokens * ISSUE_SHARE))
    heads = sum(estimate_tokens(place.path + place.name) + 15 for place in places)
    room = tokens - estimate_tokens(said + "".join(told)) - heads - 150
    share = max(0, room // max(1, len(places)))
    shown = [_shown(place, sources, share) for place in places]
    text = _render("rerank", issue=said, failures=told, places=shown)
    return (Message("system", SYSTEM), Message("user", text))


def read_order(reply: str, places: Sequence[Place]) -> tuple[int, ...]:
    """Indexes from 0 in the order that the reply puts them, each once; empty for nonsense.

    The last list of several numbers that are all known, else a single one, else what is known of
    a list; lists in brackets go before lines of bare numbers, and these before lines that end in
    a list. Else the names in the order in which they are said.
    """
    groups = [*_endings(reply), *_BARE.findall(reply), *_LIST.findall(reply)]
    orders = [order for group in reversed(groups) if (order := _order(group, len(places)))[1]]
    if orders:
        return max(orders, key=lambda order: order[0])[1]
    said = {n: _mention(reply, place) for n, place in enumerate(places)}
    return tuple(sorted((n for n in said if said[n] >= 0), key=lambda n: (said[n], n)))


def _order(group: str, places: int) -> tuple[tuple[bool, bool], tuple[int, ...]]:
    """How good a list is (all numbers known, and several), and what is known of it, from 0."""
    numbers = [int(number[:9]) - 1 for number in re.findall(r"\d+", group)]
    known = tuple(dict.fromkeys(number for number in numbers if 0 <= number < places))
    sound = bool(numbers) and set(known) == set(numbers)
    return (sound, sound and len(known) > 1), known


def _endings(reply: str) -> list[str]:
    """Lists at the ends of lines: behind a blank or a colon, with commas or the like inside."""
    found = []
    for whole in reply.split("\n"):
        line = whole.rstrip(" \t\r.*`_)")
        before = line.rstrip("0123456789#,;> \t")
        tail = line[len(before) :]
        if re.search("[,;>]", tail) and (before.endswith(":") or tail[0].isspace()):
            found.append(tail)
    return found


def head(text: str, tokens: int) -> str:
    """The first lines of `text` that fit into about `tokens`, and a mark where it was cut."""
    if estimate_tokens(text) <= tokens:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        tokens -= estimate_tokens(line) + 1
        if tokens < 0:
            break
        kept.append(line)
    return "\n".join([*kept, "..."])


def _shown(place: Place, sources: Mapping[str, str], tokens: int) -> Shown:
    lines = sources.get(place.path, "").split("\n")[place.start - 1 : place.end]
    text = head("\n".join(lines), tokens)
    return Shown(place.path, place.name, language(place.path) or "", text)


def _mention(reply: str, place: Place) -> int:
    """Where the reply first says a place's whole name, or its path where it has none; else -1."""
    wanted = place.name or place.path
    if len(wanted) < SHORTEST_NAME:
        return -1
    hit = re.search(rf"(?<![\w.]){re.escape(wanted)}(?!\w)", reply)
    return hit.start() if hit else -1
