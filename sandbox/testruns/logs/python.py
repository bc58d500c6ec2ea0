"""Logs of Python's test runners."""

import re
from collections.abc import Callable, Iterator, Sequence

from sandbox.testruns.logs.grammar import LogParser, Told, table, words

_PYTEST = words(
    {
        "PASSED": "passed",
        "FAILED": "failed",
        "ERROR": "error",
        "SKIPPED": "skipped",
        "XFAIL": "skipped",
        "XPASS": "skipped",
    }
)
_WORD = "(?P<status>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)"
_SUMMARY = rf"{_WORD} (?!\[\d+\])(?P<id>\S+)"  # SKIPPED [2] file.py:3 names no test
_PROGRESS = rf"(?=\S*::)(?P<id>\S+) {_WORD}(?:\s|$)"

_UNITTEST = words(
    {
        "ok": "passed",
        "OK": "passed",
        "FAIL": "failed",
        "ERROR": "error",
        "skipped": "skipped",
        "expected failure": "skipped",
        "unexpected success": "failed",
    }
)
_STATE = "(?P<status>ok|OK|FAIL|ERROR|skipped|expected failure|unexpected success)"
_RUNNING = re.compile(r"\s*(?P<id>\S.*?) \.\.\. *(?P<rest>.*)$")
_ENDED = re.compile(rf"{_STATE}(?: ['\"].*)?$")
_DETAIL = rf"{_STATE}: (?P<id>\w+ \([\w.]+\))"


def _shortened(test: str) -> str:
    """A path as parameter is named by its end: where it lies differs from machine to machine."""
    name, bracket, option = test.partition("[")
    plain = option.startswith("/") and not option.startswith("//") and "*" not in option
    return f"{name}[/{option.rsplit('/', 1)[-1]}" if bracket and plain else test


def _mouse(test: str) -> str:
    """Python 3.12 prints these members by name, others by number."""
    return test.replace("MouseButton.LEFT", "1").replace("MouseButton.RIGHT", "3")


def verbose_unittest(lines: Sequence[str]) -> Iterator[Told]:
    """``name ... ok``, where what a test prints may come between the name and its status."""
    running: str | None = None
    for line in lines:
        match = _RUNNING.match(line)
        rest = match["rest"] if match else line.strip()
        if match:
            running = match["id"]
        ended = _ENDED.match(rest)
        status = _UNITTEST(ended["status"]) if ended else None
        if running is not None and status is not None:
            yield running, status
            running = None


def _pytest(rename: Callable[[str], str] = str.strip) -> LogParser:
    return LogParser((table(_SUMMARY, _PYTEST, rename), table(_PROGRESS, _PYTEST, rename)))


_PLAIN, _OPTIONS = _pytest(), _pytest(_shortened)
_DJANGO = LogParser((verbose_unittest, table(_DETAIL, _UNITTEST)))
_SYMPY = LogParser(
    (
        table(
            r"\s*(?P<id>test_\w+)\b.* (?P<status>ok|F|E|f|X|s)$",
            words(
                {
                    "ok": "passed",
                    "F": "failed",
                    "E": "error",
                    "f": "skipped",
                    "X": "skipped",
                    "s": "skipped",
                }
            ),
        ),
        table(r"_+ (?=\S*\.py:)(?P<id>\S+) (?P<status>_)_*$", words({"_": "failed"})),
    )
)

PARSERS = {
    **dict.fromkeys(
        ("pytest", "pytest_v2", "seaborn", "astroid", "astropy", "flask", "marshmallow", "pvlib"),
        _PLAIN,
    ),
    **dict.fromkeys(("pyvista", "scikit", "sphinx", "sqlfluff", "xarray"), _PLAIN),
    **dict.fromkeys(("pytest_options", "pydicom", "pylint", "requests"), _OPTIONS),
    "matplotlib": _pytest(_mouse),
    "django": _DJANGO,
    "unittest": _DJANGO,
    "sympy": _SYMPY,
}
