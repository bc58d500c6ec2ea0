"""Runs the tests taken from an issue. Laid into the sandbox as a file; imports nothing of ours.

    python harness.py TESTS REPORT.jsonl [--trace]

TESTS: a Python list of ``(id, source, name of a function to call or None)``. Each test runs in
a fresh namespace; its report is one JSON line, written before the next test starts, so that a
crash loses nothing but the rest: ``{"id", "status", "error", "message", "frames", "lines"}``,
and ``"trace"`` for one that failed: see `harness_trace.py`, which lies beside this file.

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
    from types import CodeType, FrameType
    from typing import Any

WORKSPACE = "/workspace/"
MONITORING: Any = getattr(sys, "monitoring", None)
"""From Python 3.12."""
TOOL = 4
"""Of `sys.monitoring`: one that it keeps for nobody."""


class Unwatched:
    """Nobody looks which lines run: before Python 3.12 it would make every test slow."""

    def __init__(self) -> None:
        self.lines: dict[str, set[int]] = {}
        """Of the workspace, by path."""
        self.entered: CodeType | None = None
        """The function that was the last to be entered for the first time."""
        self.known: set[CodeType] = set()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def enter(self, code: CodeType) -> None:
        if code not in self.known and code.co_name.isidentifier():
            self.known.add(code)
            self.entered = code


class LineMonitor(Unwatched):
    """Which lines of the workspace ran. Each place tells once: loops stay as fast as they are."""

    def __enter__(self) -> None:
        monitor = MONITORING
        try:
            monitor.use_tool_id(TOOL, "budwood")
        except ValueError:  # the repository's own
            return
        monitor.register_callback(TOOL, monitor.events.PY_START, self.start)
        monitor.register_callback(TOOL, monitor.events.LINE, self.line)
        monitor.set_events(TOOL, monitor.events.PY_START)
        monitor.restart_events()

    def __exit__(self, *_: object) -> None:
        if MONITORING.get_tool(TOOL) == "budwood":
            MONITORING.set_events(TOOL, 0)
            MONITORING.free_tool_id(TOOL)

    def start(self, code: CodeType, offset: int) -> Any:  # noqa: ARG002
        monitor = MONITORING
        if code.co_filename.startswith(WORKSPACE):
            monitor.set_local_events(TOOL, code, monitor.events.LINE)
            self.enter(code)
        return monitor.DISABLE

    def line(self, code: CodeType, number: int) -> Any:
        self.lines.setdefault(code.co_filename[len(WORKSPACE) :], set()).add(number)
        return MONITORING.DISABLE


class LineTracer(Unwatched):
    """Which lines of the workspace ran, on any Python, at a price."""

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ARG002
        name = frame.f_code.co_filename
        if not name.startswith(WORKSPACE):
            return None
        seen = self.lines.setdefault(name[len(WORKSPACE) :], set())
        self.enter(frame.f_code)

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


def said(error: BaseException) -> str:
    """An exception in words. Its ``__str__`` is the repository's, and may raise."""
    name = type(error).__name__
    try:
        return f"{name}: {error}".rstrip(": ")[-2000:]
    except BaseException:  # noqa: BLE001 - whatever it raises
        return name


def tracing_code() -> Any:
    """`harness_trace.py`, compiled where Budwood runs on the same Python: that saves 3 ms."""
    import marshal  # noqa: PLC0415 - for failures alone

    magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER
    with io.open(__file__[:-3] + "_trace.bin", "rb") as file:  # noqa: UP020
        compiled = file.read()
    if compiled.startswith(magic):
        return marshal.loads(compiled[len(magic) :])  # noqa: S302 - ours
    with io.open(__file__[:-3] + "_trace.py", encoding="utf-8") as file:  # noqa: UP020
        return compile(file.read(), "harness_trace.py", "exec")


def trace_of(error: BaseException, watched: Unwatched) -> Any:
    """See `harness_trace.trace_of`. None where it cannot be told."""
    try:
        scope: dict[str, Any] = {}
        exec(tracing_code(), scope)  # noqa: S102 - ours
        return scope["trace_of"](error, watched.lines, watched.entered)
    except Exception:  # noqa: BLE001 - a test may leave the interpreter in any state
        return None


def report(test: str, source: str, call: str | None, watched: Unwatched) -> dict[str, Any]:
    """Run one test and describe what happened."""
    entry: dict[str, Any] = {
        "id": test,
        "status": "passed",
        "error": "",
        "message": "",
        "frames": [],
    }
    try:
        with watched:
            run(source, call)
    except BaseException as error:  # noqa: BLE001 - a test may raise anything, SystemExit too
        entry["status"] = "failed"
        entry["error"] = type(error).__name__
        entry["message"] = said(error)
        entry["frames"] = frames_of(error)
        entry["trace"] = trace_of(error, watched)
    traced = watched.lines if isinstance(watched, LineTracer) else {}
    entry["lines"] = {path: sorted(numbers) for path, numbers in traced.items()}
    return entry


def serialise(value: Any) -> str:
    """JSON of the few types that a report holds."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(k)}:{serialise(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(serialise, value)) + "]"
    return "null" if value is None else quote(value) if isinstance(value, str) else repr(value)


def main(tests_path: str, report_path: str, *options: str) -> None:
    """Run them all, one line each."""
    cheap = LineMonitor if MONITORING else Unwatched
    watcher = LineTracer if "--trace" in options else cheap
    with io.open(tests_path, encoding="utf-8") as file:  # noqa: UP020
        tests = eval(file.read(), {})  # noqa: S307 - a list that Budwood wrote
    with io.open(report_path, "w", encoding="utf-8") as out:  # noqa: UP020
        for test, source, call in tests:
            shown, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
            try:
                entry = report(test, source, call, watcher())
            finally:
                sys.stdout = shown
            out.write(serialise(entry) + "\n")
            out.flush()


if __name__ == "__main__":
    del sys.path[0]  # where this file lies: an issue's `import` must find the repository's modules
    main(*sys.argv[1:])
