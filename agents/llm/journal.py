"""No answered call is paid twice: every call goes through here and is stored before it is used.

A worker that dies after the reply was stored, and before its trial was told, asks again under the
same (search, trial, ordinal) and gets the stored reply. That only holds if it asks the same thing,
so the request's hash is asserted: another prompt under an old key is a bug or a changed template.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from agents.differences import first_difference
from agents.errors import ReplayMismatch
from agents.llm.encoding import request_hash, request_to_json
from agents.llm.pricing import Price
from agents.llm.protocol import Model, Reply, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One answered call. (search, trial, ordinal) is its key."""

    search: str
    trial: int
    ordinal: int
    """Counts the calls within one trial, from 0."""
    request_hash: str
    request: Request
    reply: Reply
    created: datetime
    """When the reply came, with a time zone; given by whoever makes the record."""


class CallStore(Protocol):
    """Where answered calls are kept. Safe to call from several threads and processes at once."""

    def get(self, search: str, trial: int, ordinal: int) -> CallRecord | None:
        """The call of that key, or None."""
        ...

    def put(self, record: CallRecord) -> CallRecord:
        """Insert, and return once it is durable (committed, not merely flushed).

        Answers the record that is now stored: when two workers raced for one key, the first
        writer's, so that both go on with the same reply. Nothing is ever overwritten.
        """
        ...


@dataclass(slots=True)
class MemoryCallStore:
    """The fake: a dictionary. Durable for as long as the process lives."""

    records: dict[tuple[str, int, int], CallRecord] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, search: str, trial: int, ordinal: int) -> CallRecord | None:
        with self._lock:
            return self.records.get((search, trial, ordinal))

    def put(self, record: CallRecord) -> CallRecord:
        with self._lock:
            key = (record.search, record.trial, record.ordinal)
            return self.records.setdefault(key, record)


def _difference(stored: Request, asked: Request) -> str:
    return first_difference(request_to_json(stored), request_to_json(asked)) or "the hash alone"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Journal:
    """A model that remembers. Thread-safe when its model and its store are."""

    model: Model
    store: CallStore
    price: Price | None = None
    """The model's; None: unknown."""
    now: Callable[[], datetime] = _now

    def complete(self, search: str, trial: int, ordinal: int, request: Request) -> Reply:
        """The stored reply if this call was answered before, else the model's, stored first.

        Raises: ReplayMismatch if the key holds another request; whatever `Model.complete` raises
        (then nothing is stored and the call may be repeated); whatever the store raises (then the
        reply is not used, though it may have been billed).
        """
        expected = request_hash(request)
        record = self.store.get(search, trial, ordinal)
        if record is None:
            record = self.store.put(self._ask(search, trial, ordinal, request, expected))
        if record.request_hash != expected:
            raise ReplayMismatch(
                f"search {search}, trial {trial}, call {ordinal} was journalled for another request "
                f"({record.request_hash[:12]} stored, {expected[:12]} asked); the prompt, the model "
                "or its settings changed under a running search. Start a new search. First "
                f"difference: {_difference(record.request, request)}"
            )
        return record.reply

    def _ask(
        self, search: str, trial: int, ordinal: int, request: Request, digest: str
    ) -> CallRecord:
        reply = self.model.complete(request)
        return CallRecord(
            search=search,
            trial=trial,
            ordinal=ordinal,
            request_hash=digest,
            request=request,
            reply=reply,
            created=self.now(),
        )
