"""A model that is asked the same question once, whichever configuration asks it.

The first edit of every configuration is an answer to the same prompt with the same seed. Asking
once makes the comparison a paired one to the letter, and a benchmark that was stopped goes on
without paying twice. Tokens and seconds count in full for everybody who uses an answer.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agents.llm.encoding import reply_from_json, reply_to_json, request_hash
from agents.llm.journal import Journal
from agents.llm.protocol import Model, Reply, Request
from agents.store import SearchRecord
from service.journals import Journals


@dataclass(slots=True)
class Replies:
    """Request hash → reply and the seconds that it took, in a file of JSON lines."""

    path: Path
    saved_s: float = 0.0
    """Seconds that remembered replies had taken, since it was last set to 0."""
    _known: dict[str, dict[str, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.path.exists():
            *lines, _ = self.path.read_text(encoding="utf-8").split("\n")
            self._known = {row["hash"]: row for row in map(json.loads, lines)}

    def get(self, digest: str) -> Reply | None:
        with self._lock:
            row = self._known.get(digest)
            if row is None:
                return None
            self.saved_s += float(row["seconds"])
            return reply_from_json(row["reply"])

    def put(self, digest: str, reply: Reply, seconds: float) -> None:
        row: Mapping[str, Any] = {
            "hash": digest,
            "seconds": round(seconds, 3),
            "reply": reply_to_json(reply),
        }
        with self._lock:
            self._known[digest] = dict(row)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


@dataclass(frozen=True, slots=True)
class RememberingModel:
    """Another model with `Replies` before it; `name` tells apart what serves under one name."""

    model: Model
    replies: Replies
    name: str

    def complete(self, request: Request) -> Reply:
        """As the model does."""
        digest = f"{self.name}:{request_hash(request)}"
        known = self.replies.get(digest)
        if known is not None:
            return known
        began = time.monotonic()
        reply = self.model.complete(request)
        self.replies.put(digest, reply, time.monotonic() - began)
        return reply


@dataclass(slots=True)
class RememberingJournals:
    """`service.journals.Journals` whose every journal asks `model` through `replies`."""

    journals: Journals
    model: Model
    replies: Replies
    name: str

    def of(self, record: SearchRecord, name: str) -> Journal:
        journal = self.journals.of(record, name)
        return replace(journal, model=RememberingModel(self.model, self.replies, self.name))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.journals, name)
