"""The one door to `openai`: any endpoint that speaks the chat-completions protocol.

What is retried: no connection, time-out, a reply cut off or garbled, 408, 409, 429, 5xx. The wait
is the server's Retry-After when it gives one (up to `MAX_WAIT_S`), else it doubles from half a
second. The SDK's own retries are off, so that there is one policy and not two multiplied.

A prompt longer than the context window is a `ModelError`, not an unusable proposal: it means that
``context_tokens`` is set higher than the server allows, and every other trial would fail the same
way, silently, until the budget is gone.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessage

from agents.errors import ModelError, ModelNotFound, ModelRefusedKey, ModelUnreachable
from agents.llm.pricing import Price
from agents.llm.protocol import (
    Message,
    Reply,
    Request,
    Tool,
    ToolCall,
    estimate_calls,
    estimate_prompt,
    estimate_tokens,
)

MAX_WAIT_S = 60.0
"""Longest wait between two tries; a server that asks for more is reported as unreachable."""

OPTIONAL = ("seed", "stop", "temperature")
"""Parameters that some servers refuse; they are left out once a server has refused them."""


class OpenAiModel:
    """Thread-safe. Holds a connection pool: `close` it."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        price: Price | None = None,
        timeout_s: float = 300.0,
        connect_s: float = 10.0,
        tries: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """An endpoint such as ``http://127.0.0.1:8081/v1``.

        `timeout_s` bounds one try from the last byte sent to the next byte received; `tries` (at
        least 1) counts the first one; `sleep` takes seconds.
        """
        if tries < 1:
            raise ValueError("tries must be at least 1")
        self._url, self._price, self._tries, self._sleep = base_url, price, tries, sleep
        timeout = openai.Timeout(timeout_s, connect=connect_s)
        self._client = openai.OpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout, max_retries=0
        )
        # The SDK fills these from OPENAI_ORG_ID and OPENAI_PROJECT_ID; they would be told to
        # whichever endpoint is configured here.
        self._client.organization = None
        self._client.project = None
        self._refused: frozenset[str] = frozenset()

    def complete(self, request: Request) -> Reply:
        """See `agents.llm.protocol.Model`. Bounded by `tries` times `timeout_s`, plus the waits."""
        try:
            return self._reply(request, self._persist(request))
        except openai.OpenAIError as error:
            raise self._translated(error, request.model) from error

    def verify(self, model: str) -> None:
        """One free call (``GET /models``, not retried) that fails early with a clear message.

        An endpoint that has no such list, or an empty one, passes. Some servers (llama.cpp) check
        neither key nor model; what they list is believed.

        Raises: ModelUnreachable, ModelRefusedKey, ModelNotFound, ModelError.
        """
        try:
            served = self.served()
        except openai.NotFoundError:
            return
        except openai.OpenAIError as error:
            raise self._translated(error, model) from error
        if served and model not in served:
            raise ModelNotFound(self._unknown(model, served))

    def served(self) -> tuple[str, ...]:
        """The names that the endpoint lists. Raises: openai.OpenAIError."""
        try:
            return tuple(sorted(model.id for model in self._client.models.list().data))
        except (json.JSONDecodeError, AttributeError, TypeError) as error:
            raise _Garbled(f"the list of models makes no sense: {error}") from error

    def close(self) -> None:
        """Close all connections. Idempotent."""
        self._client.close()

    def _persist(self, request: Request) -> ChatCompletion:
        """Try until something usable comes, what went wrong will not pass, or `tries` are spent."""
        for left in range(self._tries - 1, -1, -1):
            try:
                return self._create(request)
            except openai.OpenAIError as error:
                if not left or not _may_pass(error):
                    raise
                self._sleep(_wait_s(error, self._tries - 1 - left))
        raise AssertionError("tries is at least 1")

    def _create(self, request: Request) -> ChatCompletion:
        """One try, repeated at once without a parameter that the server refuses."""
        refused = self._refused
        try:
            return _checked(self._client.chat.completions.create(**_arguments(request, refused)))
        except openai.BadRequestError as error:
            name = _refused_parameter(error)
            if name is None or name in refused:
                raise
            self._refused = refused | {name}
            return self._create(request)
        except json.JSONDecodeError as error:
            raise _Garbled(f"the reply is not JSON: {error}") from error

    def _reply(self, request: Request, completion: ChatCompletion) -> Reply:
        choice = completion.choices[0]
        text = _sound(choice.message.content or "")
        calls = _calls(choice.message)
        written_here = estimate_tokens(text) + estimate_calls(calls)
        prompt, cached, written, estimated = _usage(completion, request, written_here)
        return Reply(
            text=text,
            prompt_tokens=prompt,
            completion_tokens=written,
            cached_tokens=cached,
            usd=self._price.cost(prompt, cached, written) if self._price else None,
            finish_reason=choice.finish_reason or "unknown",
            model=completion.model or request.model,
            estimated=estimated,
            tool_calls=calls,
        )

    def _translated(self, error: openai.OpenAIError, model: str) -> ModelError:
        """The typed error, with what to do about it."""
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return ModelRefusedKey(
                f"{self._url} refused the key ({error.status_code}): set the model's API key, or "
                "check that this key may use this endpoint and model"
            )
        if isinstance(error, openai.NotFoundError):
            return ModelNotFound(self._unknown(model, self._served_or_none()))
        if isinstance(error, openai.APIStatusError):
            return self._status_error(error)
        return ModelUnreachable(
            f"{self._url} gave no usable answer in {self._tries} tries ({_cause(error)}): is the "
            "server running, is the base URL right (it usually ends in /v1)?"
        )

    def _status_error(self, error: openai.APIStatusError) -> ModelError:
        text = f"{self._url} answered {error.status_code}: {_short(error.message)}"
        if error.code == "insufficient_quota":
            return ModelError(f"{text}. The account has no credit left.")
        if _passing_status(error):
            return ModelUnreachable(f"{text} ({self._tries} tries at most)")
        if error.code == "context_length_exceeded" or "context length" in error.message:
            return ModelError(
                f"{text}. Lower context_tokens (or max_reply_tokens), or serve the model with a "
                "larger context window."
            )
        return ModelError(text)

    def _served_or_none(self) -> tuple[str, ...]:
        try:
            return self.served()
        except openai.OpenAIError:
            return ()

    def _unknown(self, model: str, served: tuple[str, ...]) -> str:
        names = ", ".join(served[:30])
        remedy = f"it serves: {names}" if served else "is the base URL right (usually ends in /v1)?"
        return f"{self._url} does not serve the model {model!r}; {remedy}"


class _Garbled(openai.OpenAIError):
    """A 200 whose body is not what the protocol says."""


def _arguments(request: Request, refused: frozenset[str]) -> dict[str, Any]:
    optional: dict[str, object] = {
        "seed": request.seed,
        "stop": list(request.stop) or None,
        "temperature": request.temperature,
    }
    # Newer hosted models take only the new name; every local server takes the old one.
    limit = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
    return {
        "model": request.model,
        "messages": [_turn(message) for message in request.messages],
        limit: request.max_tokens,
        **({"tools": [_tool(tool) for tool in request.tools]} if request.tools else {}),
        **{k: v for k, v in optional.items() if v is not None and k not in refused},
    }


def _turn(message: Message) -> dict[str, Any]:
    turn: dict[str, Any] = {"role": message.role, "content": _sound(message.content)}
    if message.tool_call_id:
        turn["tool_call_id"] = _sound(message.tool_call_id)
    if message.tool_calls:
        turn["tool_calls"] = [
            {
                "id": _sound(call.id),
                "type": "function",
                "function": {"name": _sound(call.name), "arguments": _sound(call.arguments)},
            }
            for call in message.tool_calls
        ]
    return turn


def _sound(text: str) -> str:
    """With a question mark for every lone surrogate: the SDK cannot send one, nor can all stores
    keep one.
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def _tool(tool: Tool) -> dict[str, Any]:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function}


def _calls(message: ChatCompletionMessage) -> tuple[ToolCall, ...]:
    """The functions that were called; a server may leave the ids out."""
    found = (call for call in message.tool_calls or () if call.type != "custom")
    return tuple(
        ToolCall(
            id=_sound(call.id or f"call_{number}"),
            name=_sound(call.function.name or ""),
            arguments=_sound(call.function.arguments or ""),
        )
        for number, call in enumerate(found)
    )


def _refused_parameter(error: openai.BadRequestError) -> str | None:
    """The optional parameter that a 400 is about."""
    names = (*OPTIONAL, "max_tokens")
    if error.param in names and error.code != "context_length_exceeded":
        return error.param
    words = error.message.lower()
    if not any(word in words for word in ("unsupported", "not support", "unknown", "unrecognized")):
        return None
    return next((name for name in names if f"'{name}'" in words), None)


def _checked(completion: object) -> ChatCompletion:
    """The SDK does not validate: a server's nonsense arrives as text or as missing fields."""
    if not isinstance(completion, ChatCompletion) or not completion.choices:
        raise _Garbled(f"the reply is no chat completion: {_short(str(completion))}")
    if completion.choices[0].message is None:
        raise _Garbled("the reply's first choice has no message")
    return completion


def _usage(completion: ChatCompletion, request: Request, size: int) -> tuple[int, int, int, bool]:
    usage = completion.usage
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return estimate_prompt(request.messages, request.tools), 0, size, True
    details = usage.prompt_tokens_details
    cached = (details.cached_tokens or 0) if details else 0
    return usage.prompt_tokens, cached, usage.completion_tokens, False


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, openai.APIStatusError):
        return _passing_status(error) and (_retry_after_s(error) or 0.0) <= MAX_WAIT_S
    return isinstance(error, openai.APIConnectionError | _Garbled)


def _passing_status(error: openai.APIStatusError) -> bool:
    if error.code == "insufficient_quota":
        return False
    return error.status_code in (408, 409, 429) or isinstance(error, openai.InternalServerError)


def _retry_after_s(error: BaseException) -> float | None:
    """The server's wish in seconds; None when there is none (an HTTP date counts as none)."""
    if not isinstance(error, openai.APIStatusError):
        return None
    try:
        return max(0.0, float(error.response.headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def _wait_s(error: BaseException, before: int) -> float:
    """Seconds to wait after `error`, when `before` tries had failed already."""
    wished = _retry_after_s(error)
    return min(MAX_WAIT_S, 0.5 * 2**before) if wished is None else wished


def _cause(error: BaseException) -> str:
    """What lies under the SDK's "Connection error."."""
    connection = isinstance(error, openai.APIConnectionError)
    root = (error.__cause__ if connection else None) or error
    return f"{type(root).__name__}: {_short(str(root))}"


def _short(text: str) -> str:
    return text[:400]
