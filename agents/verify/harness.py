"""Runs the tests taken from an issue. Laid into the sandbox as a file; imports nothing of ours.

    python harness.py TESTS.json REPORT.jsonl [--trace]

TESTS.json: ``[{"id": ..., "source": ..., "call": name or null}]``. Each test runs in a fresh
namespace; its report is one JSON line, written before the next test starts, so that a crash loses
nothing but the rest: ``{"id", "status", "error", "message", "frames": [[path, line]], "lines"}``.
"""

import contextlib
import io
import json
import sys
import threading
import traceback
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

WORKSPACE = "/workspace/"


class LineTracer:
    """Which lines of the workspace ran: path → set of line numbers."""

    def __init__(self) -> None:
        self.lines: dict[str, set[int]] = defaultdict(set)

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002
        name = frame.f_code.co_filename
        if not name.startswith(WORKSPACE):
            return None
        seen = self.lines[name[len(WORKSPACE) :]]

        def trace_lines(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG001
            if event == "line":
                seen.add(frame.f_lineno)
            return trace_lines

        seen.add(frame.f_lineno)
        return trace_lines

    @contextlib.contextmanager
    def tracing(self) -> Iterator[None]:
        """Trace this thread and those that it starts."""
        sys.settrace(self)
        threading.settrace(self)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)


def run(test: dict[str, Any]) -> None:
    """Execute one test's source and call its function, if it names one."""
    namespace: dict[str, Any] = {"__name__": "budwood_issue", "__file__": "<issue>"}
    exec(compile(test["source"], "<issue>", "exec"), namespace)  # noqa: S102 - what it is for
    if test["call"]:
        namespace[test["call"]]()


def frames_of(error: BaseException) -> list[tuple[str, int | None]]:
    """The workspace frames of a traceback, outermost first."""
    return [
        (frame.filename[len(WORKSPACE) :], frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(WORKSPACE)
    ]


def report(test: dict[str, Any], tracer: LineTracer | None) -> dict[str, Any]:
    """Run one test and describe what happened."""
    entry: dict[str, Any] = {"id": test["id"], "status": "passed", "frames": []}
    try:
        with tracer.tracing() if tracer else contextlib.nullcontext():
            run(test)
    except BaseException as error:  # noqa: BLE001 - a test may raise anything, SystemExit too
        entry["status"] = "failed"
        entry["error"] = type(error).__name__
        entry["message"] = "".join(traceback.format_exception_only(error)).strip()[-2000:]
        entry["frames"] = frames_of(error)
    lines = tracer.lines if tracer else {}
    entry["lines"] = {path: sorted(numbers) for path, numbers in lines.items()}
    return entry


def main(tests_path: str, report_path: str, *options: str) -> None:
    """Run them all, one line each."""
    tests = json.loads(Path(tests_path).read_text(encoding="utf-8"))
    with Path(report_path).open("w", encoding="utf-8") as out:
        for test in tests:
            with contextlib.redirect_stdout(io.StringIO()):
                entry = report(test, LineTracer() if "--trace" in options else None)
            out.write(json.dumps(entry) + "\n")
            out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
