"""Runs the tests taken from an issue. Laid into the sandbox as a file; imports nothing of ours.

    python harness.py TESTS REPORT.jsonl [--trace]

TESTS: a Python list of ``(id, source, name of a function to call or None)``. Each test runs in
a fresh namespace; its report is one JSON line, written before the next test starts, so that a
crash loses nothing but the rest: ``{"id", "status", "error", "message", "frames", "lines"}``.

A search runs this hundreds of times, mostly to start Python: so it imports next to nothing.
"""

from __future__ import annotations

import io
import sys

try:
    from _json import encode_basestring_ascii as quote
except ImportError:  # not CPython
    from json import dumps as quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

WORKSPACE = "/workspace/"


class LineTracer:
    """Which lines of the workspace ran: path → set of line numbers."""

    def __init__(self) -> None:
        self.lines: dict[str, set[int]] = {}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002
        name = frame.f_code.co_filename
        if not name.startswith(WORKSPACE):
            return None
        seen = self.lines.setdefault(name[len(WORKSPACE) :], set())

        def trace_lines(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG001
            if event == "line":
                seen.add(frame.f_lineno)
            return trace_lines

        seen.add(frame.f_lineno)
        return trace_lines

    def __enter__(self) -> None:
        import threading  # noqa: PLC0415 - for tracing alone

        sys.settrace(self)
        threading.settrace(self)

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)


def run(source: str, call: str | None) -> None:
    """Execute one test's source and call its function, if it names one."""
    # A real module: pickle, dataclasses and typing look their names up in `sys.modules`.
    module = type(sys)("budwood_issue")
    sys.modules["budwood_issue"] = module
    exec(compile(source, "<issue>", "exec"), module.__dict__)  # noqa: S102 - what it is for
    if call:
        module.__dict__[call]()


def frames_of(error: BaseException) -> list[tuple[str, int]]:
    """The workspace frames of a traceback, outermost first."""
    found, at = [], error.__traceback__
    while at is not None:
        name = at.tb_frame.f_code.co_filename
        if name.startswith(WORKSPACE):
            found.append((name[len(WORKSPACE) :], at.tb_lineno))
        at = at.tb_next
    return found


def report(test: str, source: str, call: str | None, tracer: LineTracer | None) -> dict[str, Any]:
    """Run one test and describe what happened."""
    entry: dict[str, Any] = {
        "id": test,
        "status": "passed",
        "error": "",
        "message": "",
        "frames": [],
    }
    try:
        if tracer is None:
            run(source, call)
        else:
            with tracer:
                run(source, call)
    except BaseException as error:  # noqa: BLE001 - a test may raise anything, SystemExit too
        entry["status"] = "failed"
        entry["error"] = type(error).__name__
        entry["message"] = f"{type(error).__name__}: {error}".rstrip(": ")[-2000:]
        entry["frames"] = frames_of(error)
    lines = tracer.lines if tracer else {}
    entry["lines"] = {path: sorted(numbers) for path, numbers in lines.items()}
    return entry


def serialise(value: Any) -> str:
    """JSON of the few types that a report holds."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(k)}:{serialise(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(serialise, value)) + "]"
    return quote(value) if isinstance(value, str) else repr(value)


def main(tests_path: str, report_path: str, *options: str) -> None:
    """Run them all, one line each."""
    with io.open(tests_path, encoding="utf-8") as file:  # noqa: UP020
        tests = eval(file.read(), {})  # noqa: S307 - a list that Budwood wrote
    with io.open(report_path, "w", encoding="utf-8") as out:  # noqa: UP020
        for test, source, call in tests:
            shown, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
            try:
                entry = report(test, source, call, LineTracer() if "--trace" in options else None)
            finally:
                sys.stdout = shown
            out.write(serialise(entry) + "\n")
            out.flush()


if __name__ == "__main__":
    del sys.path[0]  # where this file lies: an issue's `import` must find the repository's modules
    main(*sys.argv[1:])
