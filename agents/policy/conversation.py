"""The chat of one trial with one model."""

import hashlib
from dataclasses import dataclass, field

from agents.domain import Usage
from agents.llm.caller import Caller
from agents.llm.protocol import Message, Reply, Request, Tool


@dataclass(slots=True)
class Conversation:
    """What was said so far, and how to go on. For one thread."""

    caller: Caller
    model: str
    seed: str
    """The trial's; every call draws its own from it."""
    temperature: float
    max_tokens: int
    """Most tokens of one reply."""
    messages: tuple[Message, ...] = field(default=())

    @property
    def usage(self) -> Usage:
        """What it cost so far."""
        return self.caller.usage

    @property
    def origin(self) -> str:
        """Of what the model proposes."""
        return f"llm:{self.model}"

    def say(self, *messages: Message) -> None:
        """To be read by the next `ask`."""
        self.messages += messages

    def ask(self, tools: tuple[Tool, ...] = ()) -> Reply:
        """The model's next turn. Raises: ModelError."""
        request = Request(
            model=self.model,
            messages=self.messages,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            seed=call_seed(self.seed, self.caller.ordinal),
            tools=tools,
        )
        reply = self.caller.ask(request)
        self.messages += (reply.message,)
        return reply


def call_seed(seed: str, ordinal: int) -> int:
    """A number in [0, 2**31) for one call of the trial that `seed` belongs to."""
    digest = hashlib.sha256(f"{seed}:{ordinal}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1
