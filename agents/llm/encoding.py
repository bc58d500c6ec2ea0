"""Requests and replies as JSON, and the hash that names a request. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from agents.llm.protocol import Message, Reply, Request


def request_to_json(request: Request) -> dict[str, Any]:
    """A request as plain JSON values."""
    return {**asdict(request), "messages": [asdict(m) for m in request.messages]}


def request_from_json(data: Mapping[str, Any]) -> Request:
    """The inverse of `request_to_json`."""
    messages = tuple(Message(**message) for message in data["messages"])
    return Request(**{**data, "messages": messages, "stop": tuple(data.get("stop", ()))})


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """A reply as plain JSON values."""
    return asdict(reply)


def reply_from_json(data: Mapping[str, Any]) -> Reply:
    """The inverse of `reply_to_json`."""
    return Reply(**data)


def request_hash(request: Request) -> str:
    """SHA-256 (64 hex digits) over the request's canonical JSON: sorted keys, no spaces, ASCII."""
    canonical = json.dumps(request_to_json(request), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
