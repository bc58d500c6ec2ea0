r"""A model that says what it was told to. It ships with Budwood and drives the real loop in tests.

A script file is JSON lines; `budwood … --model scripted:FILE` reads one:

    {"text": "pkg/a.py\n<<<<<<< SEARCH\n…"}
    {"when": "second issue", "text": "…"}             only if these words are in the request
    {"text": "I give up.", "repeat": true}            never used up
    {"text": "", "tool_calls": [{"name": "finish", "arguments": {}}]}

Each request takes the first line that fits and is not used up. With several threads the lines go
out in the order of the calls; use ``when`` or a function where that must not matter.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from agents.errors import ModelError
from agents.llm.protocol import (
    Reply,
    Request,
    ToolCall,
    estimate_calls,
    estimate_prompt,
    estimate_tokens,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One scripted reply."""

    text: str
    when: str = ""
    """Words that must occur in one of the request's messages."""
    repeat: bool = False
    """Serve any number of requests."""
    tool_calls: Sequence[Mapping[str, Any]] = ()
    """``name``, and ``arguments`` as an object, or as text where it is to be garbled."""

    def calls(self) -> tuple[ToolCall, ...]:
        """Numbered from ``call_0`` in each reply. Raises: KeyError for one without a name."""
        return tuple(
            ToolCall(id=f"call_{number}", name=call["name"], arguments=_arguments(call))
            for number, call in enumerate(self.tool_calls)
        )

    def fits(self, request: Request) -> bool:
        """Whether this line may answer the request."""
        return any(self.when in message.content for message in request.messages)


class ScriptedModel:
    """Deterministic; costs nothing; token counts are estimates."""

    def __init__(self, script: Sequence[str | Line] | Callable[[Request], str | Line]) -> None:
        """`script`: replies in order, or a function of the request (which must be thread-safe)."""
        self._function = script if callable(script) else None
        lines = () if callable(script) else script
        self._lines = [_as_line(entry) for entry in lines]
        self._left = list(self._lines)
        self._lock = threading.Lock()

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a script of JSON lines. Raises: ModelError, naming the line that is wrong."""
        try:
            rows = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"script {path} cannot be read: {error}") from error
        return cls([_line(path, n, row) for n, row in enumerate(rows, 1) if row.strip()])

    def complete(self, request: Request) -> Reply:
        """The next fitting reply. Raises: ModelError when the script has run out."""
        line = _as_line(self._function(request)) if self._function else self._next(request)
        calls = line.calls()
        return Reply(
            text=line.text,
            prompt_tokens=estimate_prompt(request.messages, request.tools),
            completion_tokens=estimate_tokens(line.text) + estimate_calls(calls),
            usd=0.0,
            finish_reason="tool_calls" if calls else "stop",
            model=request.model,
            estimated=True,
            tool_calls=calls,
        )

    def _next(self, request: Request) -> Line:
        with self._lock:
            for place, line in enumerate(self._left):
                if line.fits(request):
                    return line if line.repeat else self._left.pop(place)
            used = len(self._lines) - len(self._left)
        last = request.messages[-1].content[-200:] if request.messages else ""
        raise ModelError(
            f"the script has no reply left for this request ({used} of {len(self._lines)} used); "
            f'add a line, or one with "repeat": true. The request ends with: {last!r}'
        )


def _as_line(entry: str | Line) -> Line:
    return Line(text=entry) if isinstance(entry, str) else entry


def _arguments(call: Mapping[str, Any]) -> str:
    given = call.get("arguments", {})
    return given if isinstance(given, str) else json.dumps(given)


def _line(path: Path, number: int, row: str) -> Line:
    try:
        line = Line(**json.loads(row))
        line.calls()
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f'script {path}, line {number}: not a JSON object like {{"text": "…"}} ({error})'
        ) from error
    return line
