"""A pytest plugin that reports by test id. Laid into the sandbox as a file; imports nothing of ours.

Writes what `entries.py` describes to ``/outputs/tests.jsonl`` as it goes. Also, when asked:
``BUDWOOD_COVERAGE``: how many passing tests ran each line, to ``/outputs/lines.json``;
``BUDWOOD_MODULES``: names of modules from outside of the workspace, to ``/outputs/modules.json``;
``BUDWOOD_SHARD`` (``index/count``): run this part of the tests only;
``/inputs/budwood_only.json``: run these ids, files or folders only.

Selecting here, and not by arguments, lets one id that is gone not end the whole run.
Environments may hold an old Python and an old pytest: hence the quoted annotations.
"""

import json
import os
import sys
import zlib
from pathlib import Path

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    import coverage

OUTPUTS = Path("/outputs")
ONLY = Path("/inputs/budwood_only.json")
WORKSPACE = "/workspace/"
RANK = {"passed": 0, "skipped": 1, "failed": 2, "error": 3}
MOST = 2000


def frames_of(at: "TracebackType | None") -> "list[tuple[str, int]]":
    """The workspace frames of a traceback, outermost first."""
    found = []
    while at is not None:
        name = at.tb_frame.f_code.co_filename
        if name.startswith(WORKSPACE):
            found.append((name[len(WORKSPACE) :], at.tb_lineno))
        at = at.tb_next
    return found[-50:]


def describe(raised: "pytest.ExceptionInfo[BaseException]") -> "dict[str, Any]":
    return {
        "error": raised.typename,
        "message": raised.exconly()[:MOST],
        "frames": frames_of(raised.tb),
    }


def part(test: str) -> int:
    """A number that is the same for all tests of one file, so that they stay together."""
    return zlib.crc32(test.partition("::")[0].encode("utf-8", "replace"))


def selected(test: str, asked: "set[str]") -> bool:
    """Whether a test, the function it is a case of, its class, file or a folder was asked for."""
    name = test.partition("[")[0]
    path, _, rest = name.partition("::")
    names = rest.split("::")
    folders = path.split("/")
    above = ["/".join(folders[:n]) for n in range(1, len(folders) + 1)]
    inside = ["::".join([path, *names[:n]]) for n in range(1, len(names) + 1)]
    return not asked.isdisjoint([test, *above, *inside])


class Reporter:
    """Keeps the worst phase of each test and writes it when the test is over."""

    def __init__(
        self, asked: "set[str] | None", shard: str, measured: "coverage.Coverage | None"
    ) -> None:
        self.out = (OUTPUTS / "tests.jsonl").open("w", encoding="utf-8")
        self.asked = asked
        self.shard = [int(number) for number in shard.split("/")] if shard else [0, 1]
        self.measured = measured
        self.entry: dict[str, dict[str, Any]] = {}
        self.raised: pytest.ExceptionInfo[BaseException] | None = None
        self.passed: set[str] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: "pytest.Config", items: "list[pytest.Item]"
    ) -> None:
        index, count = self.shard
        kept: list[pytest.Item] = []
        dropped: list[pytest.Item] = []
        for item in items:
            wanted = self.asked is None or selected(item.nodeid, self.asked)
            mine = part(item.nodeid) % count == index
            (kept if wanted and mine else dropped).append(item)
        if dropped:
            config.hook.pytest_deselected(items=dropped)
            items[:] = kept

    def pytest_collection_finish(self, session: "pytest.Session") -> None:
        self.write({"collected": [item.nodeid for item in session.items]})

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.write({"start": nodeid})
        self.entry[nodeid] = {"id": nodeid, "status": "passed", "duration": 0.0}
        if self.measured:
            self.measured.switch_context(nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: "pytest.CallInfo[None]") -> None:
        self.raised = call.excinfo

    def pytest_runtest_logreport(self, report: "pytest.TestReport") -> None:
        entry, raised = self.entry[report.nodeid], self.raised
        self.raised = None
        entry["duration"] += report.duration
        status: str = report.outcome
        if status == "failed" and report.when != "call":
            status = "error"
        if hasattr(report, "wasxfail") and status != "error":
            status = "skipped"
        elif status == "passed" and raised is not None:
            status = "failed"  # a hook that makes a pass of an exception is not believed
        if RANK.get(status, 0) > RANK[entry["status"]]:
            entry["status"] = status
            if raised is not None and status != "skipped":
                entry.update(describe(raised))
            elif status != "skipped":
                entry["message"] = str(report.longrepr)[:MOST]

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        entry = self.entry.pop(nodeid)
        if entry["status"] == "passed":
            self.passed.add(nodeid)
        self.write(entry)
        if self.measured:
            self.measured.switch_context("")

    def pytest_collectreport(self, report: "pytest.CollectReport") -> None:
        if report.failed:
            self.write({"id": report.nodeid, "collection": str(report.longrepr)[-MOST:]})

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        # Interrupted, crashed and misused runs have other numbers.
        if exitstatus in (0, 1, 5):
            self.write({"end": True})

    def write(self, entry: "dict[str, Any]") -> None:
        """One line, at once: a killed run keeps what it had."""
        self.out.write(json.dumps(entry) + "\n")
        self.out.flush()

    def pytest_unconfigure(self) -> None:
        self.out.close()
        if self.measured:
            self.measured.stop()
            (OUTPUTS / "lines.json").write_text(json.dumps(self.lines(self.measured)))
        if os.environ.get("BUDWOOD_MODULES"):
            (OUTPUTS / "modules.json").write_text(json.dumps(modules()))

    def lines(self, measured: "coverage.Coverage") -> "dict[str, dict[int, int]]":
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


def modules() -> "list[str]":
    """What was imported from files outside of the workspace, our own left out."""
    found = []
    for name, module in sorted(sys.modules.items()):
        # Not an attribute: some modules import when they are asked for one.
        path = getattr(module, "__dict__", {}).get("__file__")
        whole = isinstance(path, str) and path.startswith("/") and not path.startswith(WORKSPACE)
        if whole and name not in ("__main__", __name__):
            found.append(name)
    return found


def start_coverage() -> "coverage.Coverage":
    """Measure the workspace alone, in memory."""
    import coverage  # noqa: PLC0415 - an environment need not have it

    measured = coverage.Coverage(data_file=None, config_file=False, source=[WORKSPACE])
    measured.start()
    return measured


# At import, which is before pytest imports any test: module-level lines count too.
MEASURED = start_coverage() if os.environ.get("BUDWOOD_COVERAGE") else None
ASKED = set(json.loads(ONLY.read_text(encoding="utf-8"))) if ONLY.exists() else None


def pytest_configure(config: "pytest.Config") -> None:
    reporter = Reporter(ASKED, os.environ.get("BUDWOOD_SHARD", ""), MEASURED)
    config.pluginmanager.register(reporter, "budwood-reporter")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: "pytest.Config") -> None:
    """Collect the files of what was asked for, in place of its ids."""
    if ASKED is not None:
        files = sorted({name.partition("::")[0] for name in ASKED})
        config.args[:] = [name for name in files if os.path.exists(name)]  # noqa: PTH110 - never raises
