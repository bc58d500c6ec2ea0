"""No answered call is paid twice, and none is used before it is stored."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import ModelUnreachable, ReplayMismatch
from agents.llm.encoding import (
    reply_from_json,
    reply_to_json,
    request_from_json,
    request_hash,
    request_to_json,
)
from agents.llm.journal import CallRecord, Journal, MemoryCallStore
from agents.llm.protocol import Message, Reply, Request, Tool, ToolCall
from agents.llm.scripted import ScriptedModel

ASK = Request(model="m", messages=(Message("user", "a"),), temperature=0.5, max_tokens=9, seed=1)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_an_answered_call_is_replayed_not_paid() -> None:
    journal = Journal(ScriptedModel(["one", "two"]), MemoryCallStore())
    first = journal.complete("s", 1, 0, ASK)
    assert journal.complete("s", 1, 0, ASK) == first
    assert journal.complete("s", 1, 1, ASK).text == "two"


def test_a_new_process_replays_from_the_store() -> None:
    store = MemoryCallStore()
    Journal(ScriptedModel(["one"]), store).complete("s", 1, 0, ASK)
    assert Journal(ScriptedModel([]), store).complete("s", 1, 0, ASK).text == "one"


def test_the_record_holds_everything() -> None:
    store = MemoryCallStore()
    reply = Journal(ScriptedModel(["one"]), store, now=lambda: NOON).complete("s", 1, 2, ASK)
    assert store.get("s", 1, 2) == CallRecord(
        search="s",
        trial=1,
        ordinal=2,
        request_hash=request_hash(ASK),
        request=ASK,
        reply=reply,
        created=NOON,
    )


def test_another_request_under_an_old_key_is_refused() -> None:
    journal = Journal(ScriptedModel(["one", "two"]), MemoryCallStore())
    journal.complete("s", 1, 0, ASK)
    with pytest.raises(ReplayMismatch, match="trial 1, call 0"):
        journal.complete("s", 1, 0, replace(ASK, temperature=0.6))


def test_keys_do_not_run_into_each_other() -> None:
    journal = Journal(ScriptedModel(["a", "b", "c"]), MemoryCallStore())
    keys = [("s", 1, 2), ("s", 2, 1), ("t", 1, 2)]
    texts = [journal.complete(*key, ASK).text for key in keys]
    assert [journal.complete(*key, ASK).text for key in keys] == texts == ["a", "b", "c"]


class BrokenStore(MemoryCallStore):
    """Cannot write."""

    def put(self, record: CallRecord) -> CallRecord:
        raise OSError("disk full")


def test_a_reply_that_could_not_be_stored_is_not_used() -> None:
    with pytest.raises(OSError, match="disk full"):
        Journal(ScriptedModel(["one"]), BrokenStore()).complete("s", 1, 0, ASK)


class DeadModel:
    """Never there."""

    def complete(self, request: Request) -> Reply:
        raise ModelUnreachable("gone")


def test_a_call_that_failed_is_not_stored() -> None:
    store = MemoryCallStore()
    with pytest.raises(ModelUnreachable):
        Journal(DeadModel(), store).complete("s", 1, 0, ASK)
    assert store.get("s", 1, 0) is None


def test_two_workers_racing_for_one_key_use_one_reply() -> None:
    both_asked = threading.Barrier(2)
    texts = iter(["one", "two"])

    def answer(_: Request) -> str:
        both_asked.wait(timeout=10)
        return next(texts)

    journal, got = Journal(ScriptedModel(answer), MemoryCallStore()), list[str]()
    threads = [
        threading.Thread(target=lambda: got.append(journal.complete("s", 1, 0, ASK).text))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 1
    assert len(got) == 2


def test_the_hash_is_pinned() -> None:
    """A change here makes every stored journal unreadable: make it on purpose only."""
    assert request_hash(ASK).startswith("87fda2552d33ead3")


def test_what_has_no_tools_is_written_and_named_as_ever() -> None:
    """Calls that were journalled before there were tools stay readable and are found again."""
    stored = request_to_json(ASK)
    assert "tools" not in stored
    assert all(set(message) == {"role", "content"} for message in stored["messages"])
    assert request_from_json(stored) == ASK
    old = {"text": "a", "prompt_tokens": 3, "completion_tokens": 1, "usd": None}
    assert reply_from_json(old) == Reply(text="a", prompt_tokens=3, completion_tokens=1)


TEXT = st.text(max_size=30)
CALLS = st.lists(st.builds(ToolCall, id=TEXT, name=TEXT, arguments=TEXT), max_size=2).map(tuple)
TOOLS = st.builds(
    Tool, name=TEXT, description=TEXT, parameters=st.dictionaries(TEXT, st.integers() | TEXT)
)
REQUESTS = st.builds(
    Request,
    model=TEXT,
    messages=st.lists(
        st.builds(
            Message,
            role=st.sampled_from(["system", "user", "assistant", "tool"]),
            content=TEXT,
            tool_calls=CALLS,
            tool_call_id=TEXT,
        ),
        max_size=3,
    ).map(tuple),
    temperature=st.floats(0, 2),
    max_tokens=st.integers(1, 9999),
    seed=st.none() | st.integers(0, 2**31 - 1),
    stop=st.lists(TEXT, max_size=2).map(tuple),
    tools=st.lists(TOOLS, max_size=2).map(tuple),
)


@given(REQUESTS, REQUESTS)
def test_requests_survive_json_and_differ_by_hash(one: Request, other: Request) -> None:
    back = request_from_json(json.loads(json.dumps(request_to_json(one))))
    assert back == one
    assert request_hash(back) == request_hash(one)
    assert (request_hash(one) == request_hash(other)) == (one == other)


@given(TEXT, st.none() | st.floats(0, 1), CALLS)
def test_replies_survive_json(text: str, usd: float | None, calls: tuple[ToolCall, ...]) -> None:
    reply = Reply(text=text, prompt_tokens=3, completion_tokens=1, usd=usd, tool_calls=calls)
    assert reply_from_json(json.loads(json.dumps(reply_to_json(reply)))) == reply
