"""Searches in threads of this process."""

import threading
from functools import partial

import pytest

from agents.driver import run_in_process
from service.errors import ExecutorStopped
from service.searches.executor import InProcessExecutor
from service.searches.store import SqlStore
from tests.service.engines import SlowEngine
from tests.service.examples import ISSUE, SETTINGS
from tests.service.waiting import until


def executor(store: SqlStore, engine: SlowEngine) -> InProcessExecutor:
    run = partial(run_in_process, engine, workers=2)
    return InProcessExecutor(run, store.unfinished, engine.fail, at_once=2)


def test_submitted_searches_are_carried_out(store: SqlStore) -> None:
    carrying = executor(store, SlowEngine(store))
    carrying.start()
    searches = [store.create(ISSUE, SETTINGS) for _ in range(3)]
    for search in searches:
        carrying.submit(search)
    until(lambda: {store.load(s).phase for s in searches} == {"done"}, "three verdicts")
    carrying.stop()


def test_unfinished_searches_are_resumed_at_the_start(store: SqlStore) -> None:
    engine = SlowEngine(store)
    search = store.create(ISSUE, SETTINGS)
    engine.prepare(search)
    engine.advance(search)
    store.record_outcome(search, engine.carry_out(search, 0))
    carrying = executor(store, engine)
    carrying.start()
    until(lambda: store.load(search).phase == "done", "the verdict")
    carrying.stop()
    assert engine.prepared == [search]


def test_unforeseen_error_fails_its_search_alone(store: SqlStore) -> None:
    engine = SlowEngine(store, broken=frozenset({1}))
    search = store.create(ISSUE, SETTINGS)
    carrying = executor(store, engine)
    carrying.start()
    carrying.submit(search)
    until(lambda: store.load(search).phase == "failed", "the failure")
    assert store.load(search).cause == "nobody foresaw this"
    engine.broken = frozenset()
    other = store.create(ISSUE, SETTINGS)
    carrying.submit(other)
    until(lambda: store.load(other).phase == "done", "the next verdict")
    carrying.stop()


def test_stop_waits_for_what_is_under_way_and_takes_nothing_new() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def run(_: str) -> None:
        begun.set()
        may_end.wait(30)
        ended.set()

    carrying = InProcessExecutor(run, list, lambda *_: None, at_once=1)
    carrying.start()
    carrying.submit("a")
    assert begun.wait(30)
    carrying.stop(wait_s=0.01)
    assert not ended.is_set()
    may_end.set()
    carrying.stop()
    assert ended.is_set()
    with pytest.raises(ExecutorStopped):
        carrying.submit("b")


def test_error_while_stopping_leaves_the_search_resumable() -> None:
    failed: list[str] = []
    begun, may_end = threading.Event(), threading.Event()

    def run(_: str) -> None:
        begun.set()
        may_end.wait(30)
        raise RuntimeError("cannot schedule new futures after interpreter shutdown")

    carrying = InProcessExecutor(run, list, lambda search, _: failed.append(search), at_once=1)
    carrying.start()
    carrying.submit("a")
    assert begun.wait(30)
    carrying.stop(wait_s=0.01)
    may_end.set()
    carrying.stop()
    assert failed == []
