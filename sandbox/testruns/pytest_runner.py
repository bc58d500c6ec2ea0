"""Test runs by pytest. Ids are pytest's node ids; files and folders may be asked for as well."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.protocol import WORKSPACE, RunResult, RunSpec
from sandbox.testruns.entries import entries, report
from sandbox.testruns.report import TestReport
from sandbox.testruns.runner import Shard, python_path, vetted

PYTEST_REPORTER = Path(__file__).with_name("pytest_reporter.py").read_bytes()
"""The plugin that reports. What it is decides what a report says."""

_ARGUMENT_BYTES = 64 * 1024
"""Longer lists of ids go in by file only: a command line has its limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PytestRunner:
    """pytest with its configuration's ``addopts`` left out, so that only ours count.

    An expected failure counts as skipped, and so does an unexpected pass unless it is strict.
    A test that raised is never passed, whatever a hook of the repository says; but code that runs
    in the test process can forge anything else, so protect its files where it matters.
    """

    python_path: tuple[str, ...] = (".",)
    """Folders of the workspace that tests import from."""
    options: tuple[str, ...] = ()
    """Further options, such as ``--doctest-modules``."""
    max_failures: int = 0
    """Stop after so many; 0: run all."""
    coverage: bool = False
    """Also count the lines that passing tests ran: `TestReport.passing_lines`."""
    modules: bool = False
    """Also note what was imported from outside of the workspace: `preloadable`."""

    def spec(
        self, only: Sequence[str] = (), *, shard: Shard | None = None, wall_s: float = 60.0
    ) -> RunSpec:
        """See `TestRunner.spec`. Raises: ValueError for a shard that does not exist."""
        asked = {"budwood_only.json": json.dumps(list(only)).encode()} if only else {}
        return RunSpec(
            argv=(
                *("python", "-m", "pytest", "-q", "--tb=no", "-p", "budwood_report"),
                *("-p", "no:cacheprovider", "-o", "addopts=", f"--rootdir={WORKSPACE}"),
                *("--continue-on-collection-errors", f"--maxfail={self.max_failures}"),
                *self.options,
                *_arguments(only),
            ),
            env=python_path(self.python_path) | self._wishes(vetted(shard)),
            inputs={"budwood_report.py": PYTEST_REPORTER, **asked},
            artefacts=(
                "tests.jsonl",
                *(("lines.json",) if self.coverage else ()),
                *(("modules.json",) if self.modules else ()),
            ),
            wall_s=wall_s,
        )

    def read(self, result: RunResult, only: Sequence[str] = ()) -> TestReport:
        """See `TestRunner.read`."""
        return report(entries(result, "tests.jsonl"), result, only, _lines(result))

    def _wishes(self, shard: Shard | None) -> dict[str, str]:
        return {
            **({"BUDWOOD_COVERAGE": "1"} if self.coverage else {}),
            **({"BUDWOOD_MODULES": "1"} if self.modules else {}),
            **({"BUDWOOD_SHARD": f"{shard[0]}/{shard[1]}"} if shard else {}),
        }


def preloadable(result: RunResult) -> tuple[str, ...]:
    """Modules of the environment and the standard library that a run imported, sorted.

    Empty unless `PytestRunner.modules` was set and the run came to its end.
    """
    try:
        names = json.loads(result.artefacts.get("modules.json", b"[]"))
    except (ValueError, RecursionError):
        return ()
    given = names if isinstance(names, list) else []
    return tuple(sorted({name for name in given if isinstance(name, str) and _plain(name)}))


def _plain(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def _arguments(only: Sequence[str]) -> Sequence[str]:
    """What pytest is to find the first ``conftest.py`` files by; the plugin does the selecting."""
    names = [name for name in only if not name.startswith("-")]
    files = sorted({name.partition("::")[0] for name in names})
    return next((given for given in (names, files) if _bytes(given) <= _ARGUMENT_BYTES), ())


def _bytes(names: Sequence[str]) -> int:
    return sum(len(name.encode("utf-8", "replace")) + 1 for name in names)


def _lines(result: RunResult) -> dict[str, dict[int, int]]:
    try:
        given = json.loads(result.artefacts.get("lines.json", b"{}"))
        return {
            path: {int(line): int(count) for line, count in counts.items()}
            for path, counts in given.items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}
