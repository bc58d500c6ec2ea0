"""One suite for every `SearchStore`: the fake, SQLite and Postgres must not be told apart."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agents.domain import Outcome
from agents.errors import SearchConflict
from agents.store import MemoryStore, SearchRecord, SearchStore
from service.kit.database import Database
from service.searches.store import SqlStore
from tests.service.examples import ISSUE, PREPARATION, SETTINGS, expanded, trial, verdict


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def searches(request: pytest.FixtureRequest) -> Iterator[tuple[SearchStore, str]]:
    """A store with one queued search."""
    if request.param == "memory":
        memory = MemoryStore()
        memory.add(SearchRecord(id="s", issue=ISSUE, settings=SETTINGS))
        yield memory, "s"
        return
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    store = SqlStore(database)
    yield store, store.create(ISSUE, SETTINGS)
    database.close()


@pytest.fixture
def store(searches: tuple[SearchStore, str]) -> SearchStore:
    return searches[0]


@pytest.fixture
def search(searches: tuple[SearchStore, str]) -> str:
    return searches[1]


def prepared(store: SearchStore, search: str) -> None:
    store.set_phase(search, "preparing")
    store.save_preparation(search, PREPARATION)
    store.set_phase(search, "searching")


def test_new_search_comes_back_as_it_was_given(store: SearchStore, search: str) -> None:
    record = store.load(search)
    assert (record.issue, record.settings) == (ISSUE, SETTINGS)
    assert (record.phase, record.cause, record.trials) == ("queued", None, ())
    assert record.preparation is None
    assert record.verdict is None


def test_unknown_search_is_a_key_error(store: SearchStore) -> None:
    for call in (
        lambda: store.load("nope"),
        lambda: store.set_phase("nope", "preparing"),
        lambda: store.save_preparation("nope", PREPARATION),
        lambda: store.open_trials("nope", [trial(0)]),
        lambda: store.record_outcome("nope", expanded(0)),
        lambda: store.save_verdict("nope", verdict()),
    ):
        with pytest.raises(KeyError):
            call()


def test_phase_and_cause_are_stored(store: SearchStore, search: str) -> None:
    store.set_phase(search, "preparing")
    store.set_phase(search, "failed", "no repository: give one")
    record = store.load(search)
    assert (record.phase, record.cause) == ("failed", "no repository: give one")


def test_preparation_is_stored_once(store: SearchStore, search: str) -> None:
    store.save_preparation(search, PREPARATION)
    store.save_preparation(search, replace(PREPARATION, environment="other"))
    assert store.load(search).preparation == PREPARATION


def test_trials_come_back_by_number(store: SearchStore, search: str) -> None:
    prepared(store, search)
    first, second = trial(0), trial(1, ordinal=1)
    store.open_trials(search, [first, second])
    assert store.load(search).trials == (first, second)


def test_opening_a_number_twice_is_a_conflict_and_changes_nothing(
    store: SearchStore, search: str
) -> None:
    prepared(store, search)
    store.open_trials(search, [trial(0)])
    with pytest.raises(SearchConflict):
        store.open_trials(search, [trial(0), trial(1, ordinal=1)])
    assert len(store.load(search).trials) == 1


def test_outcome_comes_back_whole(store: SearchStore, search: str) -> None:
    prepared(store, search)
    store.open_trials(search, [trial(0)])
    assert store.record_outcome(search, expanded(0))
    assert store.load(search).trials[0].outcome == expanded(0)


def test_only_the_first_outcome_counts(store: SearchStore, search: str) -> None:
    prepared(store, search)
    store.open_trials(search, [trial(0)])
    store.record_outcome(search, expanded(0, value=0.25))
    assert not store.record_outcome(search, expanded(0, value=0.75))
    outcome = store.load(search).trials[0].outcome
    assert outcome is not None
    assert outcome.value == 0.25


def test_outcomes_may_come_in_any_order(store: SearchStore, search: str) -> None:
    prepared(store, search)
    store.open_trials(search, [trial(0), trial(1, ordinal=1)])
    store.record_outcome(search, expanded(1))
    assert store.load(search).known == 0
    store.record_outcome(search, Outcome(trial=0, kind="failed", reason="invalid"))
    assert store.load(search).known == 2


@pytest.mark.parametrize(("decision", "phase"), [("patch", "done"), ("abstained", "abstained")])
def test_verdict_ends_the_search(
    store: SearchStore, search: str, decision: str, phase: str
) -> None:
    prepared(store, search)
    store.set_phase(search, "verifying")
    store.save_verdict(search, verdict(decision))
    record = store.load(search)
    assert (record.verdict, record.phase) == (verdict(decision), phase)


def test_events_are_taken(store: SearchStore, search: str) -> None:
    store.emit(search, "note", {"text": "nul \0 byte", "list": [1, 2]})
