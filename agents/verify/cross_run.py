"""Every author's tests on every candidate: the rows of the matrix that no issue carries.

A test file counts only by what it does on the base, where it is run twice: what passes there says
nothing, and what differs never votes. An author's tests say nothing of the author's own cluster.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.domain import TestStatus, Usage
from agents.selection.pool import Mark, Test
from agents.verify.bench import Bench, TestRun
from agents.verify.bundles import Bundle
from agents.verify.ladder import Climb
from agents.verify.marks import mark_of
from agents.verify.pooling import key_of
from sandbox.errors import UnsafePath
from sandbox.protocol import StateId


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossRun:
    """What came of them. Ids are ``author KEY: PYTEST_ID``."""

    tests: tuple[Test, ...] = ()
    results: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = Usage()


def base_runs(bench: Bench, bundle: Bundle, *, wall_s: float) -> tuple[dict[str, Test], Usage]:
    """Pytest id → the test, by two runs on the base. Without what passes there."""
    state = _with_files(bench, bench.base, bundle)
    if state is None:
        return {}, Usage()
    runs = [bench.suite(state, wall_s=wall_s, only=bundle.modules) for _ in range(2)]
    usage = runs[0].usage + runs[1].usage
    return dict(_on_base(bundle, runs)), usage


def rows(
    bench: Bench,
    bundle: Bundle,
    known: Mapping[str, Test],
    climbs: Sequence[Climb],
    *,
    wall_s: float,
) -> CrossRun:
    """One run for each candidate, and one more of what timed out in it."""
    results: dict[str, dict[str, Mark]] = {}
    tests = {test.id: test for name, test in known.items() if "::" in name}
    usage = Usage()
    for climbed in climbs:
        state = _with_files(bench, climbed.state, bundle) if climbed.state else None
        if state is None:
            continue
        runs = [bench.suite(state, wall_s=wall_s, only=bundle.modules)]
        late = [test for test, status in runs[0].status.items() if status == "timeout"]
        if late:
            runs.append(bench.suite(state, wall_s=wall_s, only=bundle.modules))
        usage += sum((run.usage for run in runs), Usage())
        for test, named in _named(bundle, known, runs):
            tests.setdefault(named.id, named)
            results.setdefault(named.id, {})[key_of(climbed)] = mark_of(_statuses(test, runs))
    sources = {test.id: _source(bundle, test.id) for test in tests.values()}
    return CrossRun(tests=tuple(tests.values()), results=results, sources=sources, usage=usage)


def _named(
    bundle: Bundle, known: Mapping[str, Test], runs: Sequence[TestRun]
) -> Iterator[tuple[str, Test]]:
    """The tests to note: those known, and those of files that the base could not even load."""
    told = dict.fromkeys([*known, *(test for run in runs for test in run.status)])
    broken = {test.partition("::")[0] for test in known if "::" not in test}
    for test in told:
        path = test.partition("::")[0]
        if test in known and "::" in test:
            yield test, known[test]
        elif path in broken and "::" in test:
            yield test, _test(bundle, test, on_base="failed")


def _on_base(bundle: Bundle, runs: Sequence[TestRun]) -> Iterator[tuple[str, Test]]:
    told = dict.fromkeys(test for run in runs for test in (*run.status, *run.collection_errors))
    for test in told:
        if test.partition("::")[0] not in bundle.files:
            continue
        marks = {_mark_on_base(test, run) for run in runs}
        if marks == {"passed"}:
            continue
        stable = len(marks) == 1
        on_base: Mark = "failed" if "failed" in marks else "unknown"
        yield test, _test(bundle, test, on_base=on_base, stable=stable)


def _mark_on_base(test: str, run: TestRun) -> Mark:
    return "failed" if test in run.collection_errors else mark_of(_statuses(test, [run]))


def _test(bundle: Bundle, test: str, *, on_base: Mark, stable: bool = True) -> Test:
    return Test(
        id=f"author {bundle.author}: {test}",
        origin="author",
        author=bundle.author,
        on_base=on_base,
        stable=stable,
    )


def _statuses(test: str, runs: Sequence[TestRun]) -> list[TestStatus]:
    """A file that cannot be loaded fails all that is in it; a test that skips itself says nothing."""
    path = test.partition("::")[0]
    told = [
        run.status.get(test, "error" if path in run.collection_errors else "missing")
        for run in runs
    ]
    return ["missing" if status == "skipped" else status for status in told]


def pytest_id(test: str) -> str:
    """How pytest calls a test of a `CrossRun`."""
    return test.partition(": ")[2]


def one(
    bench: Bench, bundle: Bundle, test: str, state: StateId, *, wall_s: float
) -> tuple[Mark, Usage]:
    """A single test of a `CrossRun` on a state, once more."""
    with_files = _with_files(bench, state, bundle)
    if with_files is None:
        return "unknown", Usage()
    run = bench.suite(with_files, wall_s=wall_s, only=[pytest_id(test)])
    return mark_of(_statuses(pytest_id(test), [run])), run.usage


def _source(bundle: Bundle, test: str) -> str:
    path = pytest_id(test).partition("::")[0]
    return bundle.files.get(path, b"").decode("utf-8", "replace")


def _with_files(bench: Bench, state: StateId, bundle: Bundle) -> StateId | None:
    try:
        return bench.sandbox.states.fork(state, bundle.files)
    except UnsafePath:
        return None
