"""A chat of one helper with its model. A reply that cannot be read goes back once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeVar

from agents.domain import Ceiling, Usage
from agents.llm.caller import AddressedCaller
from agents.llm.clipping import clip
from agents.llm.journal import Journal
from agents.llm.protocol import Message, Request
from agents.verify.judging.prompts import render
from agents.verify.panel import Case

T = TypeVar("T")

REPAIR_TOKENS = 80
"""How long the words are that send a reply back, about."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """`problem`: half a sentence, for the model."""

    problem: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Whom a helper asks, and how. Thread-safe when its journal is."""

    journal: Journal
    model: str
    max_tokens: int
    """Most tokens of one reply."""

    def talk(self, case: Case, system: str, text: str) -> "Talk":
        """A chat that begins with these two messages."""
        caller = AddressedCaller(self.journal, case.search, case.trial)
        return Talk(self, caller, (Message("system", system), Message("user", text)))

    def ceiling(self, calls: int, prompt_tokens: int) -> Ceiling:
        """Of `calls` calls that read `prompt_tokens` each at most."""
        prompt, written = calls * prompt_tokens, calls * self.max_tokens
        price = self.journal.price
        usd = None if price is None else price.cost(prompt, 0, written)
        return Ceiling(tokens=prompt + written, usd=usd)


@dataclass(slots=True)
class Talk:
    """What was said so far. For one thread."""

    voice: Voice
    caller: AddressedCaller
    messages: tuple[Message, ...]

    @property
    def usage(self) -> Usage:
        """What it cost so far."""
        return self.caller.usage

    def say(self, text: str) -> Self:
        """To be read by the next `ask`."""
        self.messages += (Message("user", text),)
        return self

    def ask(self) -> str:
        """The model's next turn. One opinion is wanted and no sample: at temperature 0. Raises:
        ModelError."""
        request = Request(
            model=self.voice.model,
            messages=self.messages,
            temperature=0.0,
            max_tokens=self.voice.max_tokens,
        )
        text = self.caller.ask(request).text
        self.messages += (Message("assistant", clip(text, self.voice.max_tokens)),)
        return text

    def read(self, reading: Callable[[str], T | Unreadable], form: str) -> T | None:
        """Ask, and once more where the reply cannot be read; None where neither can.

        `form`: what is asked for, in the words of the second question. Raises: ModelError.
        """
        found = reading(self.ask())
        if not isinstance(found, Unreadable):
            return found
        self.say(render("repair", problem=found.problem, form=form))
        again = reading(self.ask())
        return None if isinstance(again, Unreadable) else again
