"""Runs unittest and reports by test id. Laid into the sandbox as a file; imports nothing of ours.

    python unittest_reporter.py

Reads what to run from ``/inputs/unittest.json``: ``{"start", "pattern", "top", "only", "shard"}``;
writes what `entries.py` describes to ``/outputs/tests.jsonl``. `django_reporter.py` uses the parts.
Environments may hold an old Python: hence the quoted annotations.
"""

import json
import os
import sys
import time
import traceback
import unittest
import zlib
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Any

    Error = tuple[type[BaseException], BaseException, TracebackType | None]

WORKSPACE = "/workspace/"
RANK = {"passed": 0, "skipped": 1, "failed": 2, "error": 3}
MOST = 2000


class Report:
    """The file of lines, and what is wanted in it."""

    def __init__(self, wanted: "dict[str, Any]", path: str = "/outputs/tests.jsonl") -> None:
        self.only = set(wanted.get("only") or ())
        self.shard: list[int] = wanted.get("shard") or [0, 1]
        self.out = Path(path).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process
        self.expected: list[str] = []
        self.reported: set[str] = set()

    def write(self, entry: "dict[str, Any]") -> None:
        """One line, at once: a killed run keeps what it had."""
        if "status" in entry:
            self.reported.add(entry["id"])
        self.out.write(json.dumps(entry) + "\n")
        self.out.flush()

    def name(self, test: unittest.TestCase) -> str:
        """A test's id, or its title where it was asked for by that: Django prints docstrings."""
        name, title = test.id(), test.shortDescription()
        return title if title and title in self.only and name not in self.only else name

    def wants(self, test: unittest.TestCase) -> bool:
        parts = test.id().split(".")
        above = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
        asked = not self.only or not self.only.isdisjoint([self.name(test), *above])
        home = ".".join(parts[:-2]).encode("utf-8", "replace")
        return asked and zlib.crc32(home) % self.shard[1] == self.shard[0]

    def choose(self, suite: unittest.TestSuite) -> unittest.TestSuite:
        """What is wanted of a suite; says what it holds and what could not be loaded."""
        tests = list(flat(suite))
        kept = [test for test in tests if self.wants(test) and type(test).__name__ != "_FailedTest"]
        for test in tests:
            if type(test).__name__ == "_FailedTest":
                why = str(getattr(test, "_exception", ""))[-MOST:]
                self.write({"id": getattr(test, "_testMethodName", test.id()), "collection": why})
        self.expected = [self.name(test) for test in kept]
        self.write({"collected": self.expected})
        # A suite of a class of its own may run its tests in a way of its own.
        return suite if len(kept) == len(tests) else type(suite)(kept)


class Result(unittest.TextTestResult):
    """Keeps the worst that was said of each test and writes it when the test is over."""

    report: Report

    def __init__(self, *args: "Any", **kwargs: "Any") -> None:
        super().__init__(*args, **kwargs)
        self.entry: dict[str, Any] = {}
        self.begun = 0.0

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest's names
        super().startTest(test)
        name = self.report.name(test)
        self.entry = {"id": name, "status": "passed"}
        self.report.write({"start": name})
        self.begun = time.perf_counter()

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().stopTest(test)
        self.entry["duration"] = time.perf_counter() - self.begun
        self.report.write(self.entry)

    def note(self, test: "Any", status: str, error: "Error | None" = None) -> None:
        if not isinstance(test, unittest.TestCase):
            self.note_fixture(test.id(), status, error)
        elif RANK[status] > RANK[self.entry["status"]]:
            self.entry["status"] = status
            if error is not None:
                self.entry.update(describe(error))

    def note_fixture(self, name: str, status: str, error: "Error | None") -> None:
        """A class's or module's set-up speaks for its tests, a tear-down for itself."""
        kind, _, place = name.partition(" (")
        details = {} if error is None else describe(error)
        known = self.report.expected if kind.startswith("setUp") else []
        below = [test for test in known if test.startswith(place.rstrip(")") + ".")]
        for test in below or [name]:
            if test not in self.report.reported:
                self.report.write({"id": test, "status": status, **details})

    def addError(self, test: "Any", err: "Any") -> None:  # noqa: N802
        super().addError(test, err)
        self.note(test, "error", err)

    def addFailure(self, test: "Any", err: "Any") -> None:  # noqa: N802
        super().addFailure(test, err)
        self.note(test, "failed", err)

    def addSkip(self, test: "Any", reason: str) -> None:  # noqa: N802
        super().addSkip(test, reason)
        if not hasattr(test, "test_case"):  # a part of a test, which goes on
            self.note(test, "skipped")

    def addExpectedFailure(self, test: "Any", err: "Any") -> None:  # noqa: N802
        super().addExpectedFailure(test, err)
        self.note(test, "skipped")

    def addUnexpectedSuccess(self, test: "Any") -> None:  # noqa: N802
        super().addUnexpectedSuccess(test)
        self.note(test, "failed")
        self.entry["message"] = "unexpected success"

    def addSubTest(self, test: "Any", subtest: "Any", err: "Any") -> None:  # noqa: N802
        super().addSubTest(test, subtest, err)
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            self.note(test, "failed" if failed else "error", err)


def describe(error: "Error") -> "dict[str, Any]":
    kind, value, at = error
    frames = []
    while at is not None:
        name = at.tb_frame.f_code.co_filename
        if name.startswith(WORKSPACE):
            frames.append((name[len(WORKSPACE) :], at.tb_lineno))
        at = at.tb_next
    return {
        "error": kind.__name__,
        "message": "".join(traceback.format_exception_only(kind, value)).strip()[:MOST],
        "frames": frames[-50:],
    }


def flat(suite: "Any") -> "Iterator[unittest.TestCase]":
    """The tests of a suite in their order."""
    if isinstance(suite, unittest.TestSuite):
        for part in suite:
            yield from flat(part)
    else:
        yield suite


def load(wanted: "dict[str, Any]", report: Report) -> unittest.TestSuite:
    """The tests that were asked for by their names, or all that are found."""
    loader = unittest.defaultTestLoader
    if not wanted["only"]:
        return loader.discover(wanted["start"], wanted["pattern"], wanted["top"])
    sys.path.insert(0, os.path.abspath(wanted["top"] or wanted["start"]))  # noqa: PTH100
    suite = unittest.TestSuite()
    for name in wanted["only"]:
        try:
            found = list(flat(loader.loadTestsFromName(name)))
        except unittest.SkipTest:
            report.write({"id": name, "status": "skipped"})
        except Exception as error:  # noqa: BLE001 - a module may raise anything
            report.write({"id": name, "collection": repr(error)[-MOST:]})
        else:
            for test in found:
                if type(test).__name__ == "_FailedTest":
                    test._testMethodName = name  # noqa: SLF001
            suite.addTests(found)
    return suite


def main() -> None:
    """Run, and leave the exit code to unittest's result."""
    wanted = json.loads(Path("/inputs/unittest.json").read_text(encoding="utf-8"))
    sys.path[0] = os.getcwd()  # noqa: PTH109 - in place of where this file lies
    report = Report(wanted)
    Result.report = report
    suite = report.choose(load(wanted, report))
    result = unittest.TextTestRunner(resultclass=Result).run(suite)
    report.write({"end": True})
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
