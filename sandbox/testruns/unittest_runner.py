"""Test runs by unittest. Ids are dotted; ``test_x (module.Class)`` is understood as well."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.protocol import INPUTS, RunResult, RunSpec
from sandbox.testruns.entries import entries, renamed, report
from sandbox.testruns.report import TestReport
from sandbox.testruns.runner import Shard, python_path, vetted

REPORTER = Path(__file__).with_name("unittest_reporter.py").read_bytes()

_PRINTED = re.compile(r"(?P<method>\w+) \((?P<place>[\w.]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnittestRunner:
    """unittest by discovery, or by name.

    A test that fails in some of its subtests failed; an expected failure counts as skipped, an
    unexpected success as failed. What a class's or module's set-up raises is said of its tests.
    """

    python_path: tuple[str, ...] = (".",)
    """Folders of the workspace that tests import from."""
    start: str = "."
    """The folder that discovery begins in."""
    pattern: str = "test*.py"
    top: str | None = None
    """The folder that ids are relative to; None: `start`."""

    def spec(
        self, only: Sequence[str] = (), *, shard: Shard | None = None, wall_s: float = 60.0
    ) -> RunSpec:
        """See `TestRunner.spec`. Raises: ValueError for a shard that does not exist."""
        wanted = {"start": self.start, "pattern": self.pattern, "top": self.top}
        return RunSpec(
            argv=("python", f"{INPUTS}/unittest_reporter.py"),
            env=python_path(self.python_path),
            inputs={
                "unittest_reporter.py": REPORTER,
                "unittest.json": described(wanted, only, shard),
            },
            artefacts=("tests.jsonl",),
            wall_s=wall_s,
        )

    def read(self, result: RunResult, only: Sequence[str] = ()) -> TestReport:
        """See `TestRunner.read`."""
        return read(result, only)


def described(wanted: Mapping[str, Any], only: Sequence[str], shard: Shard | None) -> bytes:
    """What a reporter is to run, as its input. Raises: ValueError for an impossible shard."""
    names = [dotted(name) for name in only]
    return json.dumps({**wanted, "only": names, "shard": vetted(shard)}).encode()


def read(result: RunResult, only: Iterable[str]) -> TestReport:
    """What the reporter wrote, by the names that tests were asked for."""
    asked = tuple(only)
    names = {dotted(name): name for name in reversed(asked)}
    return report(renamed(entries(result, "tests.jsonl"), names), result, asked)


def dotted(name: str) -> str:
    """The id of a test that is called as unittest prints it, before and since Python 3.11."""
    printed = _PRINTED.fullmatch(name)
    if printed is None:
        return name
    method, place = printed["method"], printed["place"]
    return place if place.endswith(f".{method}") else f"{place}.{method}"
