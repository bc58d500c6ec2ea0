"""Limits and replays over a real database, with the messages of a search delivered in any order."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from agents.domain import Issue
from agents.driver import run_in_process
from agents.engine import Engine
from agents.llm.journal import Journal
from agents.llm.recorded import Nobody, RecordedCalls
from agents.llm.weighted import WeightedJournal
from agents.policy.llm_policy import LlmPolicy
from agents.replay import difference, replaying
from agents.settings import Limits, SearchSettings
from service.kit.database import Database
from service.queue.leases import Leases
from service.queue.transport import MemoryTransport
from service.queue.units import Unit
from service.searches.store import SqlCallStore, SqlStore
from service.searches.work import Work
from tests.agents.gambler import PRICE, Gambler
from tests.agents.toy import STATEMENT, World

LIMIT = 200_000
SETTINGS = SearchSettings(
    width=16,
    policy=("llm",),
    limits=Limits(nodes=None, tokens=LIMIT, usd=4.0),
    candidates=9,
    patience=99,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def engine_on(world: World, database: Database) -> Engine:
    """The toy's tools over the database's stores."""
    journal = Journal(Gambler(7, best=0.05), SqlCallStore(database), PRICE)
    tools = replace(
        world.engine([]).tools, policy=lambda _: LlmPolicy((WeightedJournal("m", journal),))
    )
    return Engine(SqlStore(database), tools)


def carried_out(work: Work, transport: MemoryTransport, order: random.Random) -> None:
    """Play the broker: every message once, several at a time, in any order."""
    work.send_due()
    with ThreadPoolExecutor(8) as pool:
        while transport.units or transport.advances:
            waiting = [*transport.units, *transport.advances]
            transport.units.clear()
            transport.advances.clear()
            order.shuffle(waiting)
            for future in [pool.submit(deliver, work, message) for message in waiting]:
                future.result()


def deliver(work: Work, message: Unit | str) -> None:
    if isinstance(message, str):
        work.advance(message)
    elif message.kind == "trial":
        work.run_trial(message.search, message.number)
    else:
        getattr(work, message.kind)(message.search)


def test_workers_of_a_server_keep_the_limit_and_their_search_can_be_replayed(
    world: World, database: Database
) -> None:
    engine, transport = engine_on(world, database), MemoryTransport()
    leases = Leases(database, seconds=30, heartbeat_s=10, max_tries=2, requeue_s=60)
    store = SqlStore(database)
    issue = Issue(repo="toy", base_commit="HEAD", problem_statement=STATEMENT)
    search = store.create(issue, SETTINGS)
    carried_out(Work(engine, store, leases, transport, owner="me"), transport, random.Random(1))

    recorded, calls = store.load(search), SqlCallStore(database).of(search)
    assert recorded.phase in {"done", "abstained"}
    assert len(recorded.trials) > 16
    assert recorded.verdict is not None
    assert recorded.verdict.limit == "tokens"
    assert sum(c.reply.prompt_tokens + c.reply.completion_tokens for c in calls) <= LIMIT

    journal = Journal(Nobody(), RecordedCalls.of(calls))
    tools = replace(engine.tools, policy=lambda _: LlmPolicy((WeightedJournal("m", journal),)))
    again = replaying(tools, recorded)
    run_in_process(again, search, workers=4)
    assert difference(recorded, again.store.load(search)) is None
