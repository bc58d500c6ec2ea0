"""The test bench of one search: runs tests on a state and says what every one of them did."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.domain import Reproduction, TestStatus, Usage
from sandbox.protocol import (
    INPUTS,
    OUTPUTS,
    WORKSPACE,
    EnvironmentId,
    RunResult,
    RunSpec,
    Sandbox,
    StateId,
)

HERE = Path(__file__).parent
HARNESS = (HERE / "harness.py").read_bytes()
PLUGIN = (HERE / "pytest_plugin.py").read_bytes()

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
    lines: Mapping[str, LineCounts] = field(default_factory=dict)
    """Test id → lines that it ran (count 1); for the suite: ``passing`` → counts."""
    collection_errors: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    """The tests that were asked for; empty: all."""
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
    """One environment, one base; `python_path` are folders that tests import from."""

    sandbox: Sandbox
    environment: EnvironmentId
    base: StateId
    python_path: tuple[str, ...]

    def reproduce(
        self, state: StateId, reproduction: Reproduction, *, wall_s: float, trace: bool = False
    ) -> TestRun:
        """Run the issue's tests. `wall_s` bounds them all together."""
        asked = json.loads(reproduction.script or "[]")
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
            inputs={"harness.py": HARNESS, "issue-tests.txt": literal.encode()},
            artefacts=("report.jsonl",),
            wall_s=wall_s,
        )
        result = self._run(state, spec)
        entries = {entry["id"]: entry for entry in _json_lines(result, "report.jsonl")}
        # What hung is the first without a report; those behind it never began.
        silent = [test["id"] for test in asked if test["id"] not in entries]
        hung = silent[0] if silent and result.outcome == "timeout" else None
        return TestRun(
            status={
                test["id"]: entries[test["id"]]["status"]
                if test["id"] in entries
                else ("timeout" if test["id"] == hung else "missing")
                for test in asked
            },
            failures={i: e["message"] for i, e in entries.items() if e["status"] == "failed"},
            errors={i: e["error"] for i, e in entries.items() if e["status"] == "failed"},
            frames={i: [(p, n) for p, n in e["frames"]] for i, e in entries.items()},
            lines={i: _counted(e["lines"]) for i, e in entries.items()},
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
    ) -> TestRun:
        """Run the repository's own tests, or `only` some of them by id.

        `max_failures`: stop after so many; 0: run all.
        """
        spec = RunSpec(
            argv=(
                *("python", "-m", "pytest", "-q", "--tb=no", "-p", "budwood_report"),
                *("-p", "no:cacheprovider", "-o", "addopts=", f"--rootdir={WORKSPACE}"),
                *("--continue-on-collection-errors", f"--maxfail={max_failures}", *only),
            ),
            env=self._env() | ({"BUDWOOD_COVERAGE": "1"} if coverage else {}),
            inputs={"budwood_report.py": PLUGIN},
            artefacts=("tests.jsonl", "lines.json"),
            wall_s=wall_s,
        )
        result = self._run(state, spec)
        entries = _json_lines(result, "tests.jsonl")
        lines = json.loads(result.artefacts.get("lines.json", b"{}") or b"{}")
        return TestRun(
            status={entry["id"]: entry["status"] for entry in entries if "status" in entry},
            lines={"passing": {p: {int(n): c for n, c in at.items()} for p, at in lines.items()}},
            only=tuple(only),
            collection_errors={e["id"]: e["collection"] for e in entries if "collection" in e},
            result=result,
            usage=_usage(result),
        )

    def compiles(self, state: StateId, paths: Sequence[str]) -> RunResult:
        """Byte-compile some Python files of a state; a failing exit names the file and line."""
        source = "import sys\nfor p in sys.argv[1:]: compile(open(p, 'rb').read(), p, 'exec')"
        spec = RunSpec(argv=("python", "-c", source, *paths), env=self._env(), wall_s=20.0)
        return self._run(state, spec)

    def _run(self, state: StateId, spec: RunSpec) -> RunResult:
        return self.sandbox.run(self.environment, self.base, state, spec)

    def _env(self) -> dict[str, str]:
        folders = [f"{WORKSPACE}/{folder}".rstrip("/.") for folder in self.python_path]
        return {"PYTHONPATH": ":".join([*folders, INPUTS])}


def _json_lines(result: RunResult, name: str) -> list[dict[str, Any]]:
    """The whole lines of an artefact: a run that was killed leaves a broken last one."""
    entries = []
    for line in result.artefacts.get(name, b"").decode("utf-8", "replace").splitlines():
        try:
            entries.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return entries


def _counted(lines: Mapping[str, Sequence[int]]) -> LineCounts:
    return {path: dict.fromkeys(numbers, 1) for path, numbers in lines.items()}


def _usage(result: RunResult) -> Usage:
    return Usage(sandbox_runs=1, sandbox_s=result.wall_s)
