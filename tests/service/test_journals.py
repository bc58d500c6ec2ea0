"""Which price a call is booked at, and where a replay's replies come from."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.errors import PriceUnknown, ReplayMismatch
from agents.llm.journal import CallRecord, MemoryCallStore
from agents.llm.protocol import Message, Reply, Request
from agents.settings import Limits, SearchSettings
from agents.store import SearchRecord
from service.config import Settings
from service.journals import Journals, RecordedJournals
from tests.agents.llm.fake_openai import FakeOpenAi, ok
from tests.service.examples import ISSUE

ASK = Request(model="fake-1", messages=(Message("user", "a"),), temperature=0.5, max_tokens=9)
CALL = CallRecord(
    search="s",
    trial=0,
    ordinal=0,
    request_hash="",
    request=ASK,
    reply=Reply(text="b", prompt_tokens=1, completion_tokens=1),
    created=datetime(2026, 11, 23, tzinfo=UTC),
)


def record(search: str = "s", **settings: object) -> SearchRecord:
    return SearchRecord(id=search, issue=ISSUE, settings=SearchSettings(**settings))  # type: ignore[arg-type]


def test_a_search_that_is_free_does_not_make_the_next_one_free(tmp_path: Path) -> None:
    table = tmp_path / "prices.json"
    table.write_text(json.dumps({"fake-1": {"prompt": 10.0, "completion": 100.0}}))
    usage = {
        "prompt_tokens": 1_000,
        "completion_tokens": 100,
        "total_tokens": 1_100,
        "prompt_tokens_details": {"cached_tokens": 0},
    }
    with FakeOpenAi(ok("a", usage)) as server:
        settings = Settings(model_base_url=server.url, model_prices=table)
        journals = Journals(settings, MemoryCallStore())
        free = journals.of(record("free", free=True), "fake-1").complete("free", 0, 0, ASK)
        paid = journals.of(record("paid"), "fake-1").complete("paid", 0, 0, ASK)
        journals.close()
    assert (free.usd, paid.usd) == (0.0, pytest.approx(0.02))


def test_a_limit_in_dollars_needs_the_price_of_each_model_that_is_asked() -> None:
    journals = Journals(Settings(), MemoryCallStore())
    with pytest.raises(PriceUnknown, match="the price of judge-1"):
        journals.of(record(limits=Limits(usd=1.0)), "judge-1")


def test_a_replay_asks_the_model_that_was_asked_whatever_is_configured_now() -> None:
    journals = RecordedJournals(Settings(model="other"), [CALL])
    assert [model.name for model in journals.models(record())] == ["fake-1"]
    assert [model.name for model in journals.models(record(model="named"))] == ["named"]


def test_a_replay_answers_from_the_record_alone() -> None:
    journals = RecordedJournals(Settings(model_base_url="http://127.0.0.1:9/v1"), [CALL])
    journal = journals.of(record(limits=Limits(usd=1.0)), "fake-1")
    with pytest.raises(ReplayMismatch, match="trial 1, call 0 is not in the record"):
        journal.complete("s", 1, 0, ASK)
