"""Times a workload, or profiles it. Laid into the sandbox as a file; imports nothing of ours.

    python stopwatch.py WORKLOAD.py REPORT.json [--profile]

Every run is a child that is forked before anything of the workspace is imported. So nothing that
one run keeps, such as a cache, makes the next one faster, and what an edit moves to import time is
timed with the rest. The first child warms up: it leaves byte code and the page cache warm, and says
what it imported from elsewhere, which the parent then imports so that no later child has to; not,
though, what in turn imports a module of the workspace.

Every child has a home and a folder for temporary files of its own. One that leaves or changes files
anywhere else, byte code excepted, goes wrong: a later run could find its result there.

The report: ``{"seconds": [...], "digests": [...], "error": "", "shown": "...", "rows": [...]}``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WORKSPACE = "/workspace/"
_OPEN = ["/workspace", "/outputs", "/tmp", "/dev/shm"]  # noqa: S108 - of the sandbox
WRITABLE = [*_OPEN, "/home", "/root", "/run", "/var", "/mnt"]
"""Folders of the sandbox that all children share."""
ENOUGH_S = 0.2
MOST_RUNS = 5
"""A short workload runs again, each time in a new child, until so much was timed."""
PRINTED = ".printed"
SHOWN = 2000
ROWS = 40


def execute(source: str) -> None:
    """The workload as a script of its own."""
    module = type(sys)("__main__")
    sys.modules["__main__"] = module
    exec(compile(source, "<workload>", "exec"), module.__dict__)  # noqa: S102 - what it is for


def timed(source: str) -> dict[str, Any]:
    """Run it once."""
    began = perf_counter()
    execute(source)
    sys.stdout.flush()
    return {"seconds": perf_counter() - began}


def profiled(source: str) -> dict[str, Any]:
    """Run it once under the profiler: rows of path, line, name, calls and seconds."""
    import cProfile  # noqa: PLC0415 - for a profile alone
    import pstats  # noqa: PLC0415

    profiler = cProfile.Profile()
    profiler.runcall(execute, source)
    stats: dict[Any, Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    return {"rows": rows_of(stats), "seconds": sum(entry[2] for entry in stats.values())}


def rows_of(stats: dict[Any, Any]) -> list[list[Any]]:
    """Functions of the workspace; what they call elsewhere is added to their own time."""
    seconds = {key: entry[2] for key, entry in stats.items() if key[0].startswith(WORKSPACE)}
    for key, entry in stats.items():
        if key not in seconds:
            for caller, of_caller in entry[4].items():
                if caller in seconds:
                    seconds[caller] += of_caller[3]
    rows = [
        [path[len(WORKSPACE) :], line, name, stats[path, line, name][1], own]
        for (path, line, name), own in seconds.items()
    ]
    return sorted(rows, key=lambda row: -row[4])[:ROWS]


def is_own(module: Any) -> bool:
    """Whether it lies in the workspace."""
    return str(getattr(module, "__file__", None) or "").startswith(WORKSPACE)


def foreign() -> list[str]:
    """Modules that are imported and lie outside of the workspace."""
    return [name for name, module in list(sys.modules.items()) if not is_own(module)]


def files(folders: list[str]) -> dict[str, tuple[int, ...]]:
    """Path of every file but byte code → what changes when it is written to."""
    found: dict[str, tuple[int, ...]] = {}
    for folder in folders:
        for where, _, names in os.walk(folder):
            for path in (f"{where}/{name}" for name in names):
                if not ("/__pycache__/" in path and path.endswith(".pyc")):
                    stat = os.lstat(path)
                    found[path] = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    return found


def left(before: dict[str, tuple[int, ...]], after: dict[str, tuple[int, ...]]) -> str:
    """What a run left for the next one, in words; empty where it left nothing."""
    changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    if not changed:
        return ""
    return (
        f"it leaves or changes files, where a later run could find its result: {changed[0]}"
        f"{f' and {len(changed) - 1} more' if changed[1:] else ''}; files that it needs for itself "
        "belong into the folder that tempfile.gettempdir() names"
    )


def move_in(own: str) -> None:
    """Make a folder this process' home and its place for temporary files."""
    os.environ.update(HOME=own, TMPDIR=own, XDG_CACHE_HOME=f"{own}/.cache")
    tempfile.tempdir = None


def child(source: str, way: Any, own: str, answer: int) -> None:
    """Run the workload and answer through a pipe; standard output goes to a file. Never returns."""
    told: dict[str, Any] = {"error": ""}
    out = Path(own, PRINTED)
    move_in(own)
    os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    try:
        told.update(way(source))
        told["modules"] = foreign()
    except BaseException as error:  # noqa: BLE001 - a workload may raise anything, SystemExit too
        told["error"] = f"{type(error).__name__}: {error}".rstrip(": ")[-SHOWN:]
        frames = traceback.extract_tb(error.__traceback__)
        shown = [frame for frame in frames if frame.filename != __file__]
        told["shown"] = "".join([*traceback.format_list(shown), told["error"]])[-SHOWN:]
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        told["error"] = told["error"] or "it closed its standard output"
    with os.fdopen(answer, "w", encoding="utf-8") as pipe:
        json.dump(told, pipe)
    os._exit(0)


def forked(source: str, way: Any) -> dict[str, Any]:
    """One run in a child: what it answered, with the digest of what it printed."""
    before = files(WRITABLE)
    own = tempfile.mkdtemp()
    reading, writing = os.pipe()
    number = os.fork()
    if number == 0:
        os.close(reading)
        child(source, way, own, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(number, 0)
    told: dict[str, Any] = json.loads(said) if said else {"error": "it ended without an answer"}
    content = Path(own, PRINTED).read_bytes()
    shutil.rmtree(own, ignore_errors=True)
    told["error"] = told["error"] or left(before, files(WRITABLE))
    told["digest"] = hashlib.sha256(content).hexdigest()
    told["shown"] = content[-SHOWN:].decode("utf-8", "replace") + told.get("shown", "")
    return told


def preload(modules: list[str]) -> None:
    """Import what the workload needs from elsewhere; a name that is none is no matter."""
    for name in modules:
        if name not in sys.modules and is_apart(name):
            imported(name)


def is_apart(name: str) -> bool:
    """Whether importing a module leaves those of the workspace alone: tried in a child."""
    number = os.fork()
    if number == 0:
        imported(name)
        os._exit(any(is_own(module) for module in list(sys.modules.values())))
    return os.waitpid(number, 0)[1] == 0


def imported(name: str) -> None:
    """Import it, if that can be done."""
    try:
        __import__(name)
    except BaseException:  # noqa: BLE001 - a run will meet it again
        return


def report_of(source: str, *, profile: bool) -> dict[str, Any]:
    """Warm up, then time or profile; the first run that goes wrong is the last."""
    told = forked(source, timed)
    report: dict[str, Any] = {"seconds": [], "digests": [told["digest"]], "rows": []}
    if not told["error"]:
        preload(told["modules"])
        while not told["error"] and wanted(report["seconds"], profile=profile):
            told = forked(source, profiled if profile else timed)
            report["digests"].append(told["digest"])
            report["rows"] = told.get("rows", [])
            report["seconds"] += [told["seconds"]] if "seconds" in told else []
    return {**report, "error": told["error"], "shown": told["shown"][-SHOWN:]}


def wanted(seconds: list[float], *, profile: bool) -> bool:
    """Whether to run once more."""
    most = 1 if profile else MOST_RUNS
    return len(seconds) < most and sum(seconds) < ENOUGH_S


def main(workload: str, report: str, *options: str) -> None:
    """Write the report."""
    sys.dont_write_bytecode = False
    told = report_of(Path(workload).read_text("utf-8"), profile="--profile" in options)
    Path(report).write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    del sys.path[0]  # where this file lies: an `import` must find the repository's modules
    main(*sys.argv[1:])
