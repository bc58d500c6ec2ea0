"""Every author's tests on every candidate: the rows of the matrix that no issue carries.

A test file counts only by what it does on the base, where it is run twice: what passes there says
nothing, and what differs never votes. Nor does what the repository's own suite failed already, or
was flaky in: it is no author's. An author's tests say nothing of the author's own cluster.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agents.domain import Baseline, TestStatus, Usage
from agents.selection.pool import Mark, Test
from agents.verify.bench import Bench, TestRun
from agents.verify.bundles import Bundle, bundles
from agents.verify.inquiry import Inquiry
from agents.verify.ladder import Climb
from agents.verify.marks import mark_of
from agents.verify.pooling import key_of
from sandbox.errors import UnsafePath
from sandbox.protocol import StateId

TESTS_WALL_S = 60.0
"""For all tests of a candidate's author together, on one state."""
LEAST_S = 1.0
"""What a run gets although the time is almost up."""
MOST = 50
"""Tests of one author that become rows."""
SHOWN = 4_000
"""Characters of a file that are kept for people to read."""
TIME_UP = "cross_run: the time was up"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossRun:
    """Adds rows whose ids are ``author KEY: PYTEST_ID``, and sources of ``author KEY: PATH``. Looks at the clock before every run: what
    was not run stays unknown."""

    bench: Bench
    baseline: Baseline
    left: Callable[[Usage], float]
    """Seconds until a limit, after so much use for deciding."""

    def take(self, inquiry: Inquiry) -> None:
        """All bundles of the candidates that stand."""
        climbs = [inquiry.climbs[option.key] for option in inquiry.pool.standing]
        for bundle in bundles(climbs):
            known = dict(_on_base(bundle, self._on_base(inquiry, bundle)))
            tests = {test.id: test for name, test in known.items() if "::" in name}
            results: dict[str, dict[str, Mark]] = {}
            # Where nothing votes, no candidate's run could change that.
            for climbed in climbs if any(test.votes for test in known.values()) else ():
                runs = self._on_candidate(inquiry, bundle, climbed)
                for test, named in _named(bundle, known, runs):
                    tests.setdefault(named.id, named)
                    mark = mark_of(_statuses(test, runs))
                    results.setdefault(named.id, {})[key_of(climbed)] = mark
            self._add(inquiry, bundle, tests, results)

    def _add(
        self,
        inquiry: Inquiry,
        bundle: Bundle,
        tests: Mapping[str, Test],
        results: Mapping[str, Mapping[str, Mark]],
    ) -> None:
        """The first `MOST` by id, and each of their files once."""
        kept = sorted(tests)[:MOST]
        if len(kept) < len(tests):
            inquiry.skip(f"cross_run: {len(tests) - MOST} more tests of author {bundle.author}")
        inquiry.add_tests([tests[name] for name in kept], results)
        for name in kept:
            inquiry.again[name] = partial(self._again, inquiry, bundle, name)
            source = bundle.files.get(pytest_id(name).partition("::")[0], b"")
            inquiry.sources[name.partition("::")[0]] = clipped(source)

    def _on_base(self, inquiry: Inquiry, bundle: Bundle) -> Sequence[TestRun]:
        """Both runs; none where nothing fails in the first, or the time was up."""
        first = self._run(inquiry, bundle, self.bench.base)
        if first is None or not _fails(first):
            return ()
        second = self._run(inquiry, bundle, self.bench.base)
        return () if second is None else (first, second)

    def _on_candidate(self, inquiry: Inquiry, bundle: Bundle, climbed: Climb) -> Sequence[TestRun]:
        """One run, and one more where a test timed out in it."""
        first = self._run(inquiry, bundle, climbed.state)
        if first is None:
            return ()
        late = "timeout" in first.status.values()
        second = self._run(inquiry, bundle, climbed.state) if late else None
        return (first,) if second is None else (first, second)

    def _run(self, inquiry: Inquiry, bundle: Bundle, state: StateId | None) -> TestRun | None:
        """None where the files cannot be laid there, or no time is left."""
        left = self.left(inquiry.usage)
        if left <= 0:
            inquiry.skip(TIME_UP)
            return None
        laid = self._with_files(state, bundle) if state else None
        if laid is None:
            return None
        wall_s = max(LEAST_S, min(TESTS_WALL_S, left))
        run = self.bench.suite(laid, wall_s=wall_s, only=bundle.modules)
        inquiry.book("cross_run", run.usage)
        mute = {*self.baseline.failing, *self.baseline.flaky}
        return replace(run, status={t: told for t, told in run.status.items() if t not in mute})

    def _again(
        self, inquiry: Inquiry, bundle: Bundle, test: str, state: StateId
    ) -> tuple[Mark, Usage]:
        """A single test on a state, once more."""
        laid = self._with_files(state, bundle)
        if laid is None:
            return "unknown", Usage()
        wall_s = max(LEAST_S, min(TESTS_WALL_S, self.left(inquiry.usage)))
        run = self.bench.suite(laid, wall_s=wall_s, only=[pytest_id(test)])
        return mark_of(_statuses(pytest_id(test), [run])), run.usage

    def _with_files(self, state: StateId, bundle: Bundle) -> StateId | None:
        try:
            return self.bench.sandbox.states.fork(state, bundle.files)
        except UnsafePath:
            return None


def pytest_id(test: str) -> str:
    """How pytest calls a test that `CrossRun` named."""
    return test.partition(": ")[2]


def clipped(source: bytes) -> str:
    """A file's beginning, at most `SHOWN` characters and a mark that there was more."""
    text = source.decode("utf-8", "replace")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}\n…"


def _fails(run: TestRun) -> bool:
    told = [mark_of(_statuses(test, [run])) for test in run.status]
    return bool(run.collection_errors) or "failed" in told


def _named(
    bundle: Bundle, known: Mapping[str, Test], runs: Sequence[TestRun]
) -> Iterator[tuple[str, Test]]:
    """The tests to note: those known, and those of files that the base could not even load."""
    told = dict.fromkeys([*known, *(test for run in runs for test in run.status)]) if runs else ()
    broken = {test.partition("::")[0] for test in known if "::" not in test}
    for test in told:
        path = test.partition("::")[0]
        if test in known and "::" in test:
            yield test, known[test]
        elif path in broken and "::" in test:
            yield test, _test(bundle, test, on_base="failed")


def _on_base(bundle: Bundle, runs: Sequence[TestRun]) -> Iterator[tuple[str, Test]]:
    """Pytest id → the test. Without what passes there."""
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
