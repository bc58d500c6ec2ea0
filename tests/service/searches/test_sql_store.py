"""What SQL adds to a `SearchStore`: fences, work units, nodes, truth that cannot be changed."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import DeclarativeBase

from agents.domain import Outcome
from agents.errors import SearchConflict
from agents.llm.journal import CallRecord
from agents.llm.protocol import Message, Reply, Request
from agents.store import grown_tree
from service import models
from service.kit.database import Database
from service.queue import repository as units
from service.queue.units import Unit
from service.searches.store import SqlCallStore, SqlStore
from tests.service.examples import ISSUE, PREPARATION, SETTINGS, expanded, trial, verdict


@pytest.fixture
def search(store: SqlStore) -> str:
    """In the middle: two trials open."""
    search = store.create(ISSUE, SETTINGS)
    store.set_phase(search, "preparing")
    store.save_preparation(search, PREPARATION)
    store.set_phase(search, "searching")
    store.open_trials(search, [trial(0), trial(1, ordinal=1)])
    return search


def leased(database: Database, unit: Unit, seconds: float = 60) -> int:
    with database.write() as session:
        found = units.lease(session, unit, "me", seconds=seconds, max_tries=9)
    assert found is not None
    return found.fence


def states(database: Database, search: str) -> dict[tuple[str, int], str]:
    with database.read() as session:
        rows = session.scalars(
            select(models.WorkUnitRow).where(models.WorkUnitRow.search == search)
        )
        return {(row.kind, row.number): row.state for row in rows}


def test_work_units_follow_the_facts(store: SqlStore, database: Database, search: str) -> None:
    assert states(database, search) == {
        ("prepare", 0): "done", ("trial", 0): "ready", ("trial", 1): "ready"
    }  # fmt: skip
    store.record_outcome(search, expanded(0))
    assert states(database, search)["trial", 0] == "done"
    store.save_verdict(search, verdict())
    assert set(states(database, search).values()) == {"done"}


def test_old_fence_writes_nothing(store: SqlStore, database: Database, search: str) -> None:
    unit = Unit(search, "trial", 0)
    old = leased(database, unit, seconds=-1)
    new = leased(database, unit)
    assert new > old
    assert not store.record_outcome(search, expanded(0, value=0.1), fence=old)
    assert store.record_outcome(search, expanded(0, value=0.9), fence=new)
    assert not store.record_outcome(search, expanded(0, value=0.2), fence=new)
    outcome = store.load(search).trials[0].outcome
    assert outcome is not None
    assert outcome.value == 0.9


def test_unleased_work_counts_only_while_no_lease_runs(
    store: SqlStore, database: Database, search: str
) -> None:
    leased(database, Unit(search, "trial", 0))
    leased(database, Unit(search, "trial", 1), seconds=-1)
    assert not store.record_outcome(search, expanded(0))
    assert store.record_outcome(search, expanded(1))


def test_phase_that_two_workers_set_is_told_once(
    store: SqlStore, database: Database, search: str
) -> None:
    for _ in range(2):
        store.set_phase(search, "verifying")
    with database.read() as session:
        told = session.scalars(
            select(models.EventRow.data).where(
                models.EventRow.search == search, models.EventRow.kind == "phase"
            )
        ).all()
    assert [data["phase"] for data in told].count("verifying") == 1


def test_outcome_of_a_trial_never_opened_is_a_key_error(store: SqlStore, search: str) -> None:
    with pytest.raises(KeyError):
        store.record_outcome(search, expanded(7))


def test_numbers_have_no_gap(store: SqlStore, search: str) -> None:
    with pytest.raises(SearchConflict):
        store.open_trials(search, [trial(3)])


def test_phase_never_goes_back_and_the_end_is_final(store: SqlStore, search: str) -> None:
    store.set_phase(search, "preparing")
    assert store.load(search).phase == "searching"
    store.save_verdict(search, verdict())
    store.set_phase(search, "failed", "a late worker")
    store.save_verdict(search, verdict("abstained"))
    record = store.load(search)
    assert (record.phase, record.cause) == ("done", None)
    assert record.verdict == verdict()


@pytest.mark.parametrize(
    "table",
    [models.OutcomeRow, models.EventRow, models.VerdictRow, models.CandidateRow,
     models.ModelCallRow],
)  # fmt: skip
def test_truth_cannot_be_changed(
    store: SqlStore, database: Database, search: str, table: type[DeclarativeBase]
) -> None:
    store.record_outcome(search, expanded(0))
    store.save_verdict(search, verdict())
    SqlCallStore(database).put(call(search))
    for statement in (update(table).values(search=search), delete(table)):
        with pytest.raises(DatabaseError, match="append-only"), database.write() as session:
            session.execute(statement)
    with database.read() as session:
        assert session.scalars(select(table)).first() is not None


STORED = ("parent", "trial", "state", "depth", "value", "visits", "pending", "value_sum",
          "solved", "merged_with", "stage")  # fmt: skip


def stored_nodes(database: Database, search: str) -> list[dict[str, object]]:
    with database.read() as session:
        rows = session.scalars(
            select(models.NodeRow).where(models.NodeRow.search == search)
            .order_by(models.NodeRow.node)
        )  # fmt: skip
        return [{"id": row.node, **{name: getattr(row, name) for name in STORED}} for row in rows]


def folded(store: SqlStore, search: str) -> list[dict[str, object]]:
    record = store.load(search)
    return [
        {"id": node.id, **{name: getattr(node, name) for name in STORED}}
        for node in grown_tree(record).nodes
    ]


@pytest.mark.parametrize("writers", [1, 2])
@pytest.mark.parametrize("seed", range(5))
def test_stored_nodes_are_the_fold_of_the_outcomes(
    store: SqlStore, database: Database, seed: int, writers: int
) -> None:
    """Trials opened and told in an order drawn by lot; equal after every single step, also where
    two processes write by turns, each of which keeps a tree of its own."""
    rng, turns = random.Random(seed), random.Random(seed)
    stores = [store, SqlStore(database)][:writers]
    search = store.create(ISSUE, SETTINGS)
    store.save_preparation(search, PREPARATION)
    waiting: list[int] = []
    for number in range(15):
        record = store.load(search)
        open_nodes = [node for node in grown_tree(record).nodes if not node.closed]
        node = rng.choice(open_nodes)
        opened = trial(number, node=node.id, ordinal=node.opened, told=record.known)
        turns.choice(stores).open_trials(search, [opened])
        assert stored_nodes(database, search) == folded(store, search)
        waiting.append(number)
        while len(waiting) > rng.randrange(4):
            told = waiting.pop(rng.randrange(len(waiting)))
            turns.choice(stores).record_outcome(search, drawn(rng, told))
            assert stored_nodes(database, search) == folded(store, search)
    assert len(stored_nodes(database, search)) > 3


def test_nodes_are_right_where_a_trial_was_opened_before_what_is_stored_was_told(
    store: SqlStore, database: Database, search: str
) -> None:
    store.record_outcome(search, expanded(0))
    store.record_outcome(search, expanded(1))
    store.open_trials(search, [trial(2, ordinal=2, told=1), trial(3, node=2, told=2)])
    store.record_outcome(search, expanded(2))
    assert stored_nodes(database, search) == folded(store, search)
    assert len(stored_nodes(database, search)) == 4


def drawn(rng: random.Random, number: int) -> Outcome:
    kind = rng.choice(["expanded", "expanded", "expanded", "failed", "lost"])
    if kind != "expanded":
        return Outcome(trial=number, kind=kind, reason="x")
    state = f"{rng.randrange(12):040d}"
    return expanded(number, value=rng.random(), state=state, solved=rng.random() < 0.1)


def at_once(call: Callable[[int], object], times: int = 6) -> list[object]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(call, range(times)))


def test_one_of_many_wins_each_race(store: SqlStore, database: Database, search: str) -> None:
    def open_next(_: int) -> bool:
        try:
            store.open_trials(search, [trial(2, ordinal=2)])
        except SearchConflict:
            return False
        return True

    def lease(number: int) -> bool:
        with database.write() as session:
            unit = Unit(search, "trial", 1)
            return units.lease(session, unit, str(number), seconds=9, max_tries=9) is not None

    def tell(number: int) -> bool:
        return store.record_outcome(search, expanded(0, value=number / 10))

    for race in (open_next, lease, tell):
        assert sum(map(bool, at_once(race))) == 1


def test_events_are_numbered_without_gaps_under_load(
    store: SqlStore, database: Database, search: str
) -> None:
    at_once(lambda number: store.emit(search, "note", {"number": number}), times=12)
    with database.read() as session:
        numbers = session.scalars(
            select(models.EventRow.number).where(models.EventRow.search == search)
        ).all()
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def call(search: str, text: str = "hello \0") -> CallRecord:
    request = Request(
        model="m",
        messages=(Message(role="user", content="p \0"),),
        temperature=0.5,
        max_tokens=9,
        seed=1,
    )
    return CallRecord(
        search=search,
        trial=0,
        ordinal=0,
        request_hash="h",
        request=request,
        reply=reply(text),
        created=datetime(2026, 11, 1, tzinfo=UTC),
    )


def reply(text: str) -> Reply:
    return Reply(text=text, prompt_tokens=1, completion_tokens=1, cached_tokens=0, usd=None)


def test_journalled_call_comes_back_and_the_first_writer_wins(
    database: Database, search: str
) -> None:
    calls = SqlCallStore(database)
    assert calls.get(search, 0, 0) is None
    assert calls.put(call(search)) == call(search)
    assert calls.put(call(search, "other")) == call(search)
    assert calls.get(search, 0, 0) == call(search)


def test_call_of_an_unknown_search_is_a_key_error(database: Database) -> None:
    with pytest.raises(KeyError):
        SqlCallStore(database).put(call("nope"))


def test_a_local_search_is_left_to_the_command_that_made_it(
    store: SqlStore, database: Database
) -> None:
    own = store.create(ISSUE, SETTINGS, local=True)
    served = store.create(ISSUE, SETTINGS)
    store.set_phase(own, "preparing")
    store.save_preparation(own, PREPARATION)
    store.set_phase(own, "searching")
    store.open_trials(own, [trial(0)])
    assert states(database, own) == {}
    assert store.unfinished() == [served]
    assert own not in store.take_stalled(quiet_s=-1)
    assert store.record_outcome(own, expanded(0))


def test_a_pause_does_not_count_towards_the_wall_clock(store: SqlStore, search: str) -> None:
    before = store.load(search).started_at
    store.restart_clock(search)
    after = store.load(search).started_at
    assert before is not None
    assert after is not None
    assert after > before
