"""Requests and replies as JSON, and the hash that names a request. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from agents.llm.protocol import Message, Reply, Request, Tool, ToolCall


def request_to_json(request: Request) -> dict[str, Any]:
    """A request as plain JSON values. What has to do with tools is left out where there are none,
    so that a plain request has the hash that it always had."""
    data = {**asdict(request), "messages": [_message_to_json(m) for m in request.messages]}
    return data if request.tools else _without(data, "tools")


def request_from_json(data: Mapping[str, Any]) -> Request:
    """The inverse of `request_to_json`."""
    messages = tuple(
        Message(**{**message, "tool_calls": _calls(message)}) for message in data["messages"]
    )
    tools = tuple(Tool(**tool) for tool in data.get("tools", ()))
    stop = tuple(data.get("stop", ()))
    return Request(**{**data, "messages": messages, "stop": stop, "tools": tools})


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """A reply as plain JSON values."""
    return asdict(reply)


def reply_from_json(data: Mapping[str, Any]) -> Reply:
    """The inverse of `reply_to_json`."""
    return Reply(**{**data, "tool_calls": _calls(data)})


def request_hash(request: Request) -> str:
    """SHA-256 (64 hex digits) over the request's canonical JSON: sorted keys, no spaces, ASCII."""
    canonical = json.dumps(request_to_json(request), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _message_to_json(message: Message) -> dict[str, Any]:
    data = asdict(message)
    return _without(data, *(name for name in ("tool_calls", "tool_call_id") if not data[name]))


def _without(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


def _calls(data: Mapping[str, Any]) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(**call) for call in data.get("tool_calls", ()))
