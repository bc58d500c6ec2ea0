"""Reads what a reporter wrote: one JSON object a line, by a process that nobody trusts.

    {"collected": [id, …]}                      once, before the first test
    {"start": id}                               a test begins
    {"id", "status", "duration"?, "error"?, "message"?, "frames"?}   and has ended
    {"id", "collection": text}                  something could not be loaded
    {"end": true}                               the run is over

Lines of another shape are passed over: they can hide a report, never make a pass of a failure.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.protocol import RunResult
from sandbox.testruns.report import STATUSES, TestReport, TestStatus, worse

Entry = dict[str, Any]

_MESSAGE = 4000
_FRAMES = 100
_BORDERS = {":", "/", ".", "["}
"""What follows on the name of a group of tests in their ids."""


@dataclass(slots=True)
class _Told:
    """What was read so far."""

    status: dict[str, TestStatus] = field(default_factory=dict)
    details: dict[str, Entry] = field(default_factory=dict)
    collection: dict[str, str] = field(default_factory=dict)
    expected: dict[str, None] = field(default_factory=dict)
    running: dict[str, None] = field(default_factory=dict)
    ended: bool = False

    def take(self, entry: Entry) -> None:
        test = entry.get("id")
        if isinstance(test, str):
            self.ending(test, entry)
        elif isinstance(entry.get("start"), str):
            self.running[entry["start"]] = None
        elif isinstance(entry.get("collected"), list):
            self.expected.update((t, None) for t in entry["collected"] if isinstance(t, str))
        elif entry.get("end") is True:
            self.ended = True

    def ending(self, test: str, entry: Entry) -> None:
        if isinstance(entry.get("collection"), str):
            self.collection[test] = entry["collection"][-_MESSAGE:]
        status = entry.get("status")
        if isinstance(status, str) and status in STATUSES:
            self.running.pop(test, None)
            known: TestStatus = status  # type: ignore[assignment]  # one of them
            now = worse(self.status.get(test, "missing"), known)
            if self.status.get(test) != now:
                self.status[test], self.details[test] = now, entry


def entries(result: RunResult, name: str) -> list[Entry]:
    """The whole lines of an artefact: a run that was killed leaves a broken last one."""
    found = []
    for line in result.artefacts.get(name, b"").decode("utf-8", "replace").split("\n"):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found


def report(
    lines: Iterable[Entry],
    result: RunResult,
    only: Sequence[str] = (),
    passing_lines: Mapping[str, Mapping[int, int]] | None = None,
) -> TestReport:
    """What reported lines mean for the tests that were asked for."""
    told = _Told()
    for entry in lines:
        told.take(entry)
    if result.outcome == "timeout":
        told.status.update(dict.fromkeys(told.running, "timeout"))
    status = told.status | {t: "missing" for t in told.expected if t not in told.status}
    silent = [asked for asked in only if asked not in status]
    groups = _groups(status, silent)
    for asked in silent:
        if asked not in groups:
            status[asked] = "error" if asked in told.collection else "missing"
    bad = {t: e for t, e in told.details.items() if status[t] in ("failed", "error")}
    return TestReport(
        status=status,
        failures={t: e["message"][:_MESSAGE] for t, e in bad.items() if _is(e, "message", str)},
        errors={t: e["error"][:_MESSAGE] for t, e in bad.items() if _is(e, "error", str)},
        frames={t: _frames(e["frames"]) for t, e in bad.items() if _is(e, "frames", list)},
        durations={
            t: max(0.0, float(e["duration"]))
            for t, e in told.details.items()
            if _is(e, "duration", float)
        },
        collection_errors=told.collection,
        passing_lines=passing_lines or {},
        finished=told.ended and result.outcome in ("ok", "failed"),
    )


def renamed(lines: Iterable[Entry], names: Mapping[str, str]) -> Iterable[Entry]:
    """The lines with tests called as they were asked for: id → asked name."""
    for entry in lines:
        changed = dict(entry)
        for key in ("id", "start"):
            if _is(entry, key, str):
                changed[key] = names.get(entry[key], entry[key])
        if _is(entry, "collected", list):
            known = (t for t in entry["collected"] if isinstance(t, str))
            changed["collected"] = [names.get(t, t) for t in known]
        yield changed


def _is(entry: Entry, key: str, kind: type) -> bool:
    return isinstance(entry.get(key), kind)


def _groups(tests: Iterable[str], asked: Iterable[str]) -> set[str]:
    """Which of the asked are folders, files, modules, classes or functions of reported tests."""
    wanted = set(asked)
    lengths = {len(name) for name in wanted}
    return {
        test[:length]
        for test in tests
        for length in lengths
        if test[length : length + 1] in _BORDERS and test[:length] in wanted
    }


def _frames(given: Sequence[Any]) -> list[tuple[str, int]]:
    return [
        (frame[0], frame[1])
        for frame in given[:_FRAMES]
        if isinstance(frame, list)
        and len(frame) == 2  # noqa: PLR2004 - a path and a line
        and isinstance(frame[0], str)
        and isinstance(frame[1], int)
    ]
