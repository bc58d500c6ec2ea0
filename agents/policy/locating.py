"""The stage ``localise``: a model chooses from the numbered suspicious functions."""

import re
from collections.abc import Sequence

from agents.domain import Note, Place
from agents.llm.protocol import Message
from agents.policy.conversation import Conversation
from agents.policy.places import candidate_places, described
from agents.policy.prompts import localise_prompt
from agents.policy.protocol import Exhausted, Noted, Position, Proposal, Unusable
from sandbox.protocol import States

MOST_LISTED = 12
MOST_CHOSEN = 3

_PLACES = re.compile(
    r"^\W*(?:places?|numbers?|answer)\b"
    r"(?:[^\w\n]+(?:is|are|places?|numbers?)\b){0,4}(?P<said>[^\w\n]+\d.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_BARE = re.compile(r"^(?P<said>\W*\d+(?:\W+(?:and\W+)?\d+)*\W*)$", re.IGNORECASE | re.MULTILINE)
_NO_PLACE = re.compile(r"\(.*?\)|\blines?\s+\d+(?:\s*(?:to|-|–)\s*\d+)?", re.IGNORECASE)
_SURE = re.compile(
    r"^\W*(?:sure|certainty|confidence)\W*?(?P<said>\d*\.\d+|\d+)(?P<percent>\s*%)?",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.]*\w)")

_AGAIN = (
    "That names none of the numbered places. Answer with one line like `Places: 2`, with numbers "
    "from 1 to {}."
)


def locate(talk: Conversation, position: Position, states: States, tokens: int) -> Proposal:
    """One call, and a second one when the answer names no place. Raises: ModelError.

    `tokens`: about how long the prompt may be. Exhausted, for nothing, where there is no function.
    """
    candidates = candidate_places(position, states)[:MOST_LISTED]
    if not candidates:
        return Exhausted()
    talk.say(*localise_prompt(position, states, candidates, tokens))
    feedback = _AGAIN.format(len(candidates))
    for say in ((Message("user", feedback),), ()):
        text = talk.ask().text
        places = named_places(text, candidates)
        if places:
            note = Note(text=_summary(places), places=places)
            return Noted(note=note, usage=talk.usage, prior=sure(text), origin=talk.origin)
        talk.say(*say)
    return Unusable(reason="unparsable", feedback=feedback, usage=talk.usage)


def named_places(reply: str, candidates: Sequence[Place]) -> tuple[Place, ...]:
    """At most `MOST_CHOSEN` places that a reply names, in its order: by their numbers (from 1) in
    the line ``Places:``, else in a line that holds nothing else, else by their full names.
    A line with a number that is none of the list's was made up: it is not followed.
    """
    for match in (*_PLACES.finditer(reply), *_BARE.finditer(reply)):
        numbers = [int(found[:9]) for found in _NUMBER.findall(_NO_PLACE.sub("", match["said"]))]
        if numbers and all(1 <= number <= len(candidates) for number in numbers):
            return tuple(dict.fromkeys(candidates[n - 1] for n in numbers))[:MOST_CHOSEN]
    places = [(at.start(), place) for place in candidates if (at := _mention(place, reply))]
    return tuple(place for _, place in sorted(places, key=lambda pair: pair[0]))[:MOST_CHOSEN]


def sure(reply: str) -> float | None:
    """How sure the model says it is of its first place, in (0, 1]; None: it does not say.

    Percent are asked for; a number up to 1 with a decimal point is a share all the same.

    Models can put their confidence in words about as well as in probabilities (Tian et al. 2023).
    """
    match = _SURE.search(reply)
    if match is None:
        return None
    number = float(match["said"])
    if "." in match["said"] and number <= 1 and not match["percent"]:
        number *= 100
    return min(number, 100.0) / 100 if number > 0 else None


def _mention(place: Place, reply: str) -> re.Match[str] | None:
    return re.search(rf"(?<![\w.]){re.escape(place.name)}(?!\w)", reply) if place.name else None


def _summary(places: Sequence[Place]) -> str:
    return "look at " + "; ".join(described(place) for place in places)
