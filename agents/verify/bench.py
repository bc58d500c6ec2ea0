"""The test bench of one search: runs tests on a state and says what every one of them did."""

import json
import marshal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import MAGIC_NUMBER
from pathlib import Path

from agents.domain import Reproduction, TestStatus, Usage
from agents.verify.report import Entry, harness_report
from agents.verify.trace import ISSUE, Trace, with_sources
from sandbox.protocol import (
    INPUTS,
    OUTPUTS,
    EnvironmentId,
    RunResult,
    RunSpec,
    Sandbox,
    StateId,
)
from sandbox.testruns import PYTEST_REPORTER, PytestRunner, preloadable, python_path

HERE = Path(__file__).parent
TRACING = (HERE / "harness_trace.py").read_bytes()
HARNESS = {
    "harness.py": (HERE / "harness.py").read_bytes(),
    "harness_trace.py": TRACING,
    "harness_trace.bin": MAGIC_NUMBER
    + marshal.dumps(compile(TRACING, "harness_trace.py", "exec", dont_inherit=True)),
}
PLUGIN = PYTEST_REPORTER
"""What reports the suite's tests."""

LineCounts = Mapping[str, Mapping[int, int]]
"""Path → line → how many tests ran it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """One run of some tests on one state."""

    __test__ = False

    status: Mapping[str, TestStatus]
    failures: Mapping[str, str] = field(default_factory=dict)
    """Test id → what it failed with."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Test id → name of the exception that failed it."""
    frames: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    """Test id → workspace frames of its traceback, outermost first."""
    traces: Mapping[str, Trace] = field(default_factory=dict)
    """Test id → how it came to fail; for the issue's tests."""
    lines: Mapping[str, LineCounts] = field(default_factory=dict)
    """Test id → lines that it ran (count 1); for the suite: ``passing`` → counts."""
    collection_errors: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    """The tests that were asked for; empty: all."""
    modules: tuple[str, ...] = ()
    """What the suite imported from outside of the repository, where that was asked for."""
    result: RunResult
    usage: Usage

    def asked(self, test: str) -> bool:
        """Whether the run was to include a test."""
        return not self.only or test in self.only

    def not_passed(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Those of `wanted` that did not pass here; without a report counts as not passed."""
        return tuple(test for test in wanted if self.status.get(test) != "passed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One environment, one base; `python_path` are folders that tests import from.

    `preload`: modules that runs may find imported already. Never for what decides about a patch.
    """

    sandbox: Sandbox
    environment: EnvironmentId
    base: StateId
    python_path: tuple[str, ...]
    preload: tuple[str, ...] = ()

    def reproduce(
        self,
        state: StateId,
        reproduction: Reproduction,
        *,
        wall_s: float,
        without: Collection[str] = (),
        trace: bool = False,
    ) -> TestRun:
        """Run the issue's tests but those in `without`. `wall_s` bounds them all together."""
        every = json.loads(reproduction.script or "[]")
        asked = [test for test in every if test["id"] not in without]
        literal = repr([(test["id"], test["source"], test["call"]) for test in asked])
        spec = RunSpec(
            argv=(
                "python",
                f"{INPUTS}/harness.py",
                f"{INPUTS}/issue-tests.txt",
                f"{OUTPUTS}/report.jsonl",
                *(("--trace",) if trace else ()),
            ),
            env=self._env(),
            inputs={**HARNESS, "issue-tests.txt": literal.encode()},
            artefacts=("report.jsonl",),
            wall_s=wall_s,
        )
        result = self._run(state, spec)
        sources = {test["id"]: test["source"] for test in asked}
        entries = harness_report(result, sources.keys())
        # What hung is the first without a report; those behind it never began.
        silent = [test for test in sources if test not in entries]
        hung = silent[0] if silent and result.outcome == "timeout" else None
        failed = {test: entry for test, entry in entries.items() if entry.status == "failed"}
        return TestRun(
            status={
                test: entries[test].status
                if test in entries
                else ("timeout" if test == hung else "missing")
                for test in sources
            },
            failures={test: entry.message for test, entry in failed.items()},
            errors={test: entry.error for test, entry in failed.items()},
            frames={test: entry.frames for test, entry in entries.items()},
            traces={
                test: self._sourced(entry.trace, state, sources[test])
                for test, entry in failed.items()
                if entry.trace is not None
            },
            lines={test: _counted(entry) for test, entry in entries.items()},
            result=result,
            usage=_usage(result),
        )

    def suite(
        self,
        state: StateId,
        *,
        wall_s: float,
        only: Sequence[str] = (),
        max_failures: int = 0,
        coverage: bool = False,
        modules: bool = False,
    ) -> TestRun:
        """Run the repository's own tests, or `only` some of them by id.

        `max_failures`: stop after so many; 0: run all. `modules`: note what was imported.
        """
        runner = PytestRunner(
            python_path=self.python_path,
            max_failures=max_failures,
            coverage=coverage,
            modules=modules,
        )
        result = self._run(state, runner.spec(only, wall_s=wall_s))
        report = runner.read(result, only)
        return TestRun(
            # What a run never came to is no report: it says nothing for or against a state.
            status={test: told for test, told in report.status.items() if told != "missing"},
            lines={"passing": report.passing_lines},
            only=tuple(only),
            collection_errors=report.collection_errors,
            modules=preloadable(result),
            result=result,
            usage=_usage(result),
        )

    def compiles(self, state: StateId, paths: Sequence[str]) -> RunResult:
        """Byte-compile some Python files of a state; a failing exit names the file and line."""
        source = "import sys\nfor p in sys.argv[1:]: compile(open(p, 'rb').read(), p, 'exec')"
        spec = RunSpec(argv=("python", "-c", source, *paths), env=self._env(), wall_s=20.0)
        return self._run(state, spec)

    def _run(self, state: StateId, spec: RunSpec) -> RunResult:
        spec = replace(spec, preload=self.preload)
        return self.sandbox.run(self.environment, self.base, state, spec)

    def _sourced(self, trace: Trace, state: StateId, issue: str) -> Trace:
        def read(path: str) -> str | None:
            content = self.sandbox.states.read(state, path) if path != ISSUE else issue.encode()
            return None if content is None else content.decode("utf-8", "replace")

        return with_sources(trace, read)

    def _env(self) -> dict[str, str]:
        return python_path(self.python_path)


def _counted(entry: Entry) -> LineCounts:
    return {path: dict.fromkeys(numbers, 1) for path, numbers in entry.lines.items()}


def _usage(result: RunResult) -> Usage:
    return Usage(sandbox_runs=1, sandbox_s=result.wall_s)
