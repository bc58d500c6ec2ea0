"""A pytest plugin that reports by test id. Laid into the sandbox as a file; imports nothing of ours.

Writes one JSON line per finished test to ``/outputs/tests.jsonl`` as it goes, and, when
``BUDWOOD_COVERAGE`` is set, how many passing tests ran each line to ``/outputs/lines.json``.
"""

import json
import os
from pathlib import Path
from typing import Any

import coverage
import pytest

OUTPUTS = Path("/outputs")
WORKSPACE = "/workspace/"
RANK = {"passed": 0, "skipped": 1, "failed": 2, "error": 3}


class Reporter:
    """Keeps the worst phase of each test and writes it when the test is over."""

    def __init__(self, measured: coverage.Coverage | None) -> None:
        self.out = (OUTPUTS / "tests.jsonl").open("w", encoding="utf-8")
        self.measured = measured
        self.status: dict[str, str] = {}
        self.passed: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.status[nodeid] = "passed"
        if self.measured:
            self.measured.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        status: str = report.outcome
        if status == "failed" and report.when != "call":
            status = "error"
        if hasattr(report, "wasxfail") and status != "error":
            status = "skipped"
        if RANK[status] > RANK[self.status.get(report.nodeid, "passed")]:
            self.status[report.nodeid] = status

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        status = self.status.pop(nodeid)
        if status == "passed":
            self.passed.add(nodeid)
        self.write({"id": nodeid, "status": status})
        if self.measured:
            self.measured.switch_context("")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.write({"id": report.nodeid, "collection": str(report.longrepr)[-2000:]})

    def write(self, entry: dict[str, Any]) -> None:
        """One line, at once: a killed run keeps what it had."""
        self.out.write(json.dumps(entry) + "\n")
        self.out.flush()

    def pytest_unconfigure(self) -> None:
        self.out.close()
        if self.measured:
            self.measured.stop()
            (OUTPUTS / "lines.json").write_text(json.dumps(self.lines(self.measured)))

    def lines(self, measured: coverage.Coverage) -> dict[str, dict[int, int]]:
        """Path → line → how many passing tests ran it.

        A line that ran outside of the tests, as at import, serves them all: otherwise every
        module's top level would look as if only the failing test had run it.
        """
        data = measured.get_data()
        return {
            name[len(WORKSPACE) :]: {
                line: len(self.passed) if "" in ran else sum(c in self.passed for c in ran)
                for line, ran in data.contexts_by_lineno(name).items()
            }
            for name in data.measured_files()
            if name.startswith(WORKSPACE)
        }


def start_coverage() -> coverage.Coverage:
    """Measure the workspace alone, in memory."""
    measured = coverage.Coverage(data_file=None, config_file=False, source=[WORKSPACE])
    measured.start()
    return measured


# At import, which is before pytest imports any test: module-level lines count too.
MEASURED = start_coverage() if os.environ.get("BUDWOOD_COVERAGE") else None


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Reporter(MEASURED), "budwood-reporter")
