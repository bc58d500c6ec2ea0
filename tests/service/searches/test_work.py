"""The bodies of the tasks and the sweeper, as plain calls: the test plays the broker."""

import pytest
from sqlalchemy import select, update

from service.errors import BrokerUnreachable
from service.kit.clock import epoch
from service.kit.database import Database
from service.models import SearchRow, WorkUnitRow
from service.queue.leases import Leases
from service.queue.transport import MemoryTransport
from service.queue.units import Unit
from service.searches.store import SqlStore
from service.searches.sweeper import Sweeper
from service.searches.work import Work
from tests.service.engines import SlowEngine
from tests.service.examples import ISSUE, SETTINGS
from tests.service.waiting import until


@pytest.fixture
def transport() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def work(store: SqlStore, database: Database, transport: MemoryTransport) -> Work:
    leases = Leases(database, seconds=30, heartbeat_s=10, max_tries=2, requeue_s=60)
    return Work(SlowEngine(store), store, leases, transport, owner="me")


@pytest.fixture
def search(store: SqlStore) -> str:
    return store.create(ISSUE, SETTINGS)


def deliver(work: Work, transport: MemoryTransport) -> bool:
    """Hand over every message sent so far; whether there was one."""
    units, advances = transport.units[:], transport.advances[:]
    transport.units.clear()
    transport.advances.clear()
    for unit in units:
        if unit.kind == "trial":
            work.run_trial(unit.search, unit.number)
        else:
            getattr(work, unit.kind)(unit.search)
    for search in advances:
        work.advance(search)
    return bool(units or advances)


def expire(database: Database) -> None:
    """As if every lease had ended and every search stood still for a while."""
    with database.write() as session:
        session.execute(
            update(WorkUnitRow)
            .where(WorkUnitRow.lease_until.is_not(None))
            .values(lease_until=epoch() - 1)
        )
        session.execute(update(SearchRow).values(updated_at=epoch() - 100))


def unit_row(database: Database, unit: Unit) -> WorkUnitRow:
    with database.read() as session:
        row = session.get(WorkUnitRow, (unit.search, unit.kind, unit.number))
    assert row is not None
    return row


def test_messages_carry_a_search_to_its_verdict(
    work: Work, transport: MemoryTransport, store: SqlStore, search: str
) -> None:
    work.send_due()
    while deliver(work, transport):
        pass
    record = store.load(search)
    assert record.phase == "done"
    assert len(record.trials) == 4


def test_every_message_may_come_twice(
    work: Work, transport: MemoryTransport, store: SqlStore, search: str
) -> None:
    work.send_due()
    while True:
        transport.units *= 2
        transport.advances *= 2
        if not deliver(work, transport):
            break
    assert store.load(search).phase == "done"
    assert len(store.load(search).trials) == 4


@pytest.mark.parametrize("lost", range(12))
def test_any_message_may_be_lost(
    work: Work,
    transport: MemoryTransport,
    store: SqlStore,
    database: Database,
    search: str,
    lost: int,
) -> None:
    """The sweeper alone brings back whatever the `lost`-th message would have done."""
    sweeper, count = Sweeper(work, every_s=1), 0
    work.send_due()
    for _ in range(60):
        messages = len(transport.units) + len(transport.advances)
        if count <= lost < count + messages:
            transport.units.clear()
            transport.advances.clear()
        count += messages
        if not deliver(work, transport):
            expire(database)
            with database.write() as session:
                session.execute(update(WorkUnitRow).values(sent_at=epoch() - 100))
            sweeper.sweep()
        if store.load(search).phase == "done":
            break
    assert store.load(search).phase == "done"


def test_leased_unit_is_not_taken_again(work: Work, database: Database, search: str) -> None:
    unit = Unit(search, "prepare")
    assert work.leases.take(unit, "someone") is not None
    work.prepare(search)
    assert isinstance(work.engine, SlowEngine)
    assert work.engine.prepared == []
    expire(database)
    work.prepare(search)
    assert work.engine.prepared == [search]


def searching(work: Work, search: str) -> SlowEngine:
    work.prepare(search)
    work.advance(search)
    assert isinstance(work.engine, SlowEngine)
    return work.engine


def test_dead_sandbox_costs_a_try_and_then_the_trial(
    work: Work, transport: MemoryTransport, store: SqlStore, database: Database, search: str
) -> None:
    searching(work, search).lost = frozenset({0})
    sweeper = Sweeper(work, every_s=1)
    for _ in range(2):
        work.run_trial(search, 0)
        assert store.load(search).trials[0].outcome is None
        expire(database)
    sweeper.sweep()
    outcome = store.load(search).trials[0].outcome
    assert outcome is not None
    assert outcome.kind == "lost"
    assert outcome.reason.endswith("the sandbox died")
    assert unit_row(database, Unit(search, "trial", 0)).state == "dead"
    assert search in transport.advances


def test_error_nobody_foresaw_is_raised_and_remembered(
    work: Work, database: Database, search: str
) -> None:
    searching(work, search).broken = frozenset({0})
    with pytest.raises(ZeroDivisionError):
        work.run_trial(search, 0)
    row = unit_row(database, Unit(search, "trial", 0))
    assert (row.state, row.tries) == ("ready", 1)
    assert row.error == "ZeroDivisionError: nobody foresaw this"


@pytest.mark.parametrize("kind", ["prepare", "decide"])
def test_step_whose_worker_always_dies_fails_the_search(
    work: Work, store: SqlStore, database: Database, search: str, kind: str
) -> None:
    unit = Unit(search, kind)
    work.leases.add(unit)
    for _ in range(2):
        assert work.leases.take(unit, "doomed") is not None
        expire(database)
    Sweeper(work, every_s=1).sweep()
    record = store.load(search)
    assert record.phase == "failed"
    assert record.cause is not None
    assert "failed 2 times" in record.cause
    assert "its worker died" in record.cause


def test_late_worker_cannot_overwrite_its_successor(
    work: Work, store: SqlStore, database: Database, search: str
) -> None:
    searching(work, search)
    unit = Unit(search, "trial", 0)
    late = work.leases.take(unit, "late")
    expire(database)
    work.run_trial(search, 0)
    assert late is not None
    assert not store.record_outcome(search, work.engine.carry_out(search, 0), fence=late.fence)
    work.leases.give_back(late, "too late")
    work.leases.finish(late)
    assert unit_row(database, unit).state == "done"


def test_heartbeat_keeps_the_lease_and_notices_its_loss(database: Database, search: str) -> None:
    leases = Leases(database, seconds=0.6, heartbeat_s=0.1, max_tries=9, requeue_s=60)
    unit = Unit(search, "prepare")
    lease = leases.take(unit, "me")
    assert lease is not None
    before = unit_row(database, unit).lease_until
    with leases.kept(lease):
        until(lambda: unit_row(database, unit).lease_until != before, "a heartbeat")
        assert leases.take(unit, "someone else") is None
    until(lambda: leases.take(unit, "someone else"), "the lease to end")


class Down:
    """A broker that is away."""

    def send(self, unit: Unit) -> None:
        raise BrokerUnreachable("away")

    def advance(self, search: str) -> None:
        raise BrokerUnreachable("away")


def test_broker_that_is_away_loses_nothing(
    work: Work, store: SqlStore, database: Database, transport: MemoryTransport, search: str
) -> None:
    offline = Work(work.engine, store, work.leases, Down(), owner="me")
    offline.send_due()
    with database.read() as session:
        assert session.scalars(select(WorkUnitRow.sent_at)).all() == [None]
    offline.prepare(search)
    work.send_due()
    assert store.load(search).phase == "searching"
