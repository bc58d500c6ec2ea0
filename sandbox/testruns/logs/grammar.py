"""The few shapes that logs of tests have. A reader takes a log's lines and yields what they tell.

Logs are untrusted and long: every pattern is matched against one line of bounded length, and none
has a repetition inside of a repetition.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sandbox.testruns.report import TestStatus, worse

Told = tuple[str, TestStatus]
Reader = Callable[[Sequence[str]], Iterator[Told]]
"""Lines of a log → (test, status), a test as often as the log names it."""
Words = Callable[[str], TestStatus | None]
"""What a log says → what it means; None: not a result."""

LONGEST = 4096
"""Longer lines, in characters, are passed over."""
TIME = r"(?: \(?\d[\d.]* ?m?s\)?)?"
"""A duration behind a name, as many runners print it."""
MARK = r"[✓✔✕✖✗✘×○↓↩]|\d+\)"

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")
_JSON_FAILURES = 64
_HEADING = 300
"""Longer lines, in characters, are no headings."""
_ID_CHARACTERS = 64 * 1024 * 1024
"""Of all ids of one log together: a short line below long headings has a long id."""


@dataclass(frozen=True, slots=True)
class LogParser:
    """Reads a whole log. A test that is named twice has the worse of its statuses."""

    readers: tuple[Reader, ...]
    complete: bool = True
    """False: the log names only what failed; what it does not name is missing, never passed."""

    def __call__(self, log: str) -> dict[str, TestStatus]:
        """Test → status. Never raises."""
        found: dict[str, TestStatus] = {}
        lines = clean(log)
        left = _ID_CHARACTERS
        for reader in self.readers:
            for test, status in reader(lines):
                left -= 0 if test in found else len(test)
                if test in found or (test and left > 0):
                    found[test] = worse(found.get(test, "missing"), status)
        return found


def clean(log: str) -> list[str]:
    """The lines of a log without colours and other control characters."""
    return [line.rstrip() for line in _CONTROL.sub("", log).split("\n") if len(line) <= LONGEST]


def words(table: Mapping[str, TestStatus]) -> Words:
    return table.get


def marks(mark: str) -> TestStatus | None:
    """What the signs in front of a test mean; a number in front of it counts failures."""
    if mark in "✓✔":
        return "passed"
    return "skipped" if mark in "○↓↩" else "failed"


def table(pattern: str, meaning: Words, rename: Callable[[str], str] = str.strip) -> Reader:
    """One result a line: `pattern` has groups ``id`` and ``status``; with a ``skip``, skipped."""
    compiled = re.compile(pattern)

    def read(lines: Sequence[str]) -> Iterator[Told]:
        for line in lines:
            match = compiled.match(line)
            if match is None:
                continue
            status = meaning(match["status"])
            if status is not None:
                skip = match.groupdict().get("skip")
                yield rename(match["id"]), "skipped" if skip else status

    return read


def outline(
    joiner: str,
    *,
    test: str = rf"(?P<indent> *)(?P<status>{MARK})\s+(?P<id>.+?){TIME}$",
    heading: str = r"(?P<indent> +)(?P<id>\S.*)$",
    meaning: Words = marks,
    depth: int = 20,
    begin: str | None = None,
    end: str | None = None,
) -> Reader:
    """Results indented below the headings of their suites: ids are paths of at most `depth` + 1.

    Only what stands between lines that match `begin` (None: the log's) and `end` is read.
    """
    result, title = re.compile(test), re.compile(heading)
    starts, ends = re.compile(begin or r"(?!)"), re.compile(end or r"(?!)")

    def read(lines: Sequence[str]) -> Iterator[Told]:
        above: list[tuple[int, str]] = []
        active = begin is None
        for line in lines:
            if starts.match(line) or ends.match(line):
                active, above = bool(starts.match(line)), []
            elif not active:
                continue
            elif match := result.match(line):
                path = [name for _, name in above[-depth:]]
                status = meaning(match["status"])
                if status is not None:
                    yield joiner.join([*path, match["id"].strip()]), status
            elif len(line) <= _HEADING and (match := title.match(line)):
                indent = len(match["indent"])
                above = [part for part in above if part[0] < indent]
                above.append((indent, match["id"].strip()))

    return read


def blocks(joiner: str, stop: str, most: int = 20) -> Reader:
    """Failures that are counted, their names spread over lines: ``  1) suite`` … up to `stop`.

    A ``last`` group of `stop` is the end of the name.
    """
    first, until = re.compile(r"\s+\d+\) ?(?P<part>.*)$"), re.compile(stop)

    def read(lines: Sequence[str]) -> Iterator[Told]:
        parts: list[str] | None = None
        for line in lines:
            if match := first.match(line):
                parts, line = [], match["part"]  # noqa: PLW2901 - the rest of the same line
            if parts is None:
                continue
            if ended := until.match(line):
                last = ended.groupdict().get("last")
                yield joiner.join([*parts, *([last.strip()] if last else [])]), "failed"
                parts = None
            elif line.strip():
                parts = [*parts, line.strip()] if len(parts) < most else None

    return read


def pending(named: str, stated: str, meaning: Words, whole: str | None = None) -> Reader:
    """Results whose name and status may stand on different lines, matched first in, first out.

    `named` has a group ``id``, `stated` a group ``status``; a line that matches `whole` is read
    by another reader, and what waits is forgotten.
    """
    name, state, other = re.compile(named), re.compile(stated), re.compile(whole or r"(?!)")

    def read(lines: Sequence[str]) -> Iterator[Told]:
        waiting: list[str] = []
        for line in lines:
            if other.match(line):
                waiting.clear()
            elif match := name.match(line):
                waiting.append(match["id"].strip())
            elif (match := state.match(line)) and waiting:
                status = meaning(match["status"])
                if status is not None:
                    yield waiting.pop(0), status

    return read


def mocha_json(lines: Sequence[str]) -> Iterator[Told]:
    """The report of mocha's ``json`` reporter, anywhere in a log, as often as it is there."""
    text, decoder = "\n".join(lines), json.JSONDecoder()
    at, failures = 0, 0
    while failures < _JSON_FAILURES and (at := text.find("{", at)) >= 0:
        try:
            report, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at, failures = at + 1, failures + 1
            continue
        yield from _told_by_mocha(report)


def _told_by_mocha(report: Mapping[str, object]) -> Iterator[Told]:
    kinds: Mapping[str, TestStatus] = {
        "passes": "passed",
        "failures": "failed",
        "pending": "skipped",
    }
    for kind, status in kinds.items():
        tests = report.get(kind)
        for test in tests if isinstance(tests, list) else ():
            title = test.get("fullTitle") if isinstance(test, dict) else None
            if isinstance(title, str):
                yield title, status
