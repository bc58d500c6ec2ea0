"""What the rest of Budwood may know about a language model: one question, one answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function that the model may call."""

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of its arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One call that the model made."""

    id: str
    """Names the call in the message that answers it."""
    name: str
    arguments: str
    """JSON as the model wrote it, which may be none."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    """Of the assistant."""
    tool_call_id: str = ""
    """The call that a message of the role ``tool`` answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that decides a reply; its hash names the call in the journal."""

    model: str
    messages: tuple[Message, ...]
    temperature: float
    """In [0, 2]; above 0 wherever more than one sample is drawn."""
    max_tokens: int
    """Most tokens of the reply."""
    seed: int | None = None
    """In [0, 2**31). Servers that do not know it are asked without."""
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    """What it may call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back, and what it cost."""

    text: str
    """Empty when the model said nothing."""
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    """Those of `prompt_tokens` that the provider had in its prefix cache."""
    usd: float | None = None
    """None: the model has no known price. Never guessed, never 0 by default."""
    finish_reason: str = "stop"
    """``length``: cut off at `Request.max_tokens`."""
    model: str = ""
    """The name that the server says it used."""
    estimated: bool = False
    """The server sent no usage: the token counts are `estimate_tokens`, the price follows them."""
    tool_calls: tuple[ToolCall, ...] = ()

    @property
    def message(self) -> Message:
        """The reply as a turn of the chat that goes on."""
        return Message("assistant", self.text, tool_calls=self.tool_calls)


class Model(Protocol):
    """Safe to call from several threads at once."""

    def complete(self, request: Request) -> Reply:
        """Ask once, wait for the whole answer.

        Raises: ModelUnreachable, ModelRefusedKey, ModelNotFound, and ModelError for a request
        that the server will never take (such as a prompt longer than its context window).
        """
        ...


def estimate_tokens(text: str) -> int:
    """Roughly how many tokens a text has: four ASCII characters each, or one other character.

    Within 5 % of Qwen2.5-Coder's own count on prompts of code and English (measured); symbols
    and numbers in bulk can cost twice as much.
    """
    ascii_length = len(text.encode("ascii", "ignore"))
    return -(-ascii_length // 4) + len(text) - ascii_length


def estimate_prompt(messages: tuple[Message, ...], tools: tuple[Tool, ...] = ()) -> int:
    """`estimate_tokens` over a chat, with 4 tokens of framing for each message and each tool."""
    told = sum(4 + estimate_tokens(m.content) + estimate_calls(m.tool_calls) for m in messages)
    known = (f"{tool.name}{tool.description}{json.dumps(dict(tool.parameters))}" for tool in tools)
    return told + sum(4 + estimate_tokens(text) for text in known)


def estimate_calls(calls: tuple[ToolCall, ...]) -> int:
    """`estimate_tokens` over function calls."""
    return sum(estimate_tokens(call.name + call.arguments) for call in calls)
