"""Whether forked test runs say what cold ones say, and how much sooner.

    python -m benchmarks.forkserver_parity [--json FILE] [--only NAME ...] [--times N]

For each of `benchmarks.libraries`: its suite cold and forked, compared test by test, then one small
test file, cold and forked by turns. Needs the package index, and runs the libraries' code
unprotected, as this user, in a temporary folder.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.libraries import LIBRARIES, Library
from sandbox import environments
from sandbox.protocol import EnvironmentSpec
from service.config import Settings
from tests.sandbox.zygote_driver import Declined, Finished, Zygote, environment, run_cold

REPORTER = """
import json, os, sys

outcomes = {}

def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        outcomes.setdefault(report.nodeid, []).append([report.when, report.outcome])

def pytest_collectreport(report):
    if report.outcome != "passed":
        outcomes.setdefault(report.nodeid, []).append(["collect", report.outcome])

def pytest_unconfigure():
    here = os.getcwd() + os.sep
    named = [(name, getattr(module, "__file__", None) or "") for name, module in sys.modules.items()]
    modules = [name for name, file in named if name != "__main__" and not file.startswith(here)]
    with open(os.environ["PARITY_REPORT"], "w") as file:
        json.dump({"outcomes": outcomes, "modules": modules}, file)
"""


@dataclass(frozen=True)
class Line:
    library: str
    tests: int = 0
    different: tuple[str, ...] = ()
    """Tests whose outcomes are not the same in both runs."""
    flaky: tuple[str, ...] = ()
    """Those that two cold runs differ in."""
    modules: int = 0
    declined: str = ""
    """Why its runs must be cold, where they must."""
    cold_ms: float = 0
    forked_ms: float = 0


Runner = Callable[[list[str], Path, dict[str, str]], Finished]


def main() -> None:
    options = arguments()
    chosen = [x for x in LIBRARIES if not options.only or x.release.package in options.only]
    cache = Settings().cache_dir
    with tempfile.TemporaryDirectory(prefix="parity-") as name:
        lines = [measure(library, Path(name), cache, options.times) for library in chosen]
    table = Table("library", "tests", "different", "flaky", "modules", "cold ms", "forked ms", "×")
    for line in lines:
        gain = f"{line.cold_ms / line.forked_ms:.1f}" if line.forked_ms else "cold"
        cells = (line.tests, len(line.different), len(line.flaky), line.modules)
        times = (f"{line.cold_ms:.0f}", f"{line.forked_ms:.0f}", gain)
        table.add_row(line.library, *map(str, cells), *times)
    Console().print(table)
    for line in (line for line in lines if line.declined):
        print(f"{line.library} runs cold: {line.declined}")
    if options.json:
        options.json.write_text(json.dumps([asdict(line) for line in lines], indent=2) + "\n")


def measure(library: Library, folder: Path, cache: Path, times: int) -> Line:
    tree = library.check_out(folder, cache / "releases", dict(os.environ))
    spec = EnvironmentSpec(requirements=library.requirements)
    python = environments.locate(cache, environments.build(cache, spec)) / "bin" / "python"
    # As a base tree in a sandbox is.
    compiling = ["-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "."]
    subprocess.run([python, *compiling], cwd=tree, stdout=subprocess.DEVNULL, check=False)
    reporter = folder / "reporter"
    reporter.mkdir(exist_ok=True)
    (reporter / "parity_report.py").write_text(REPORTER)
    plain = environment(str(python))
    env = plain | {
        "PYTHONPATH": ":".join([*(str(tree / part) for part in library.path), str(reporter)]),
        "PARITY_REPORT": str(folder / "report.json"),
        "HYPOTHESIS_DATABASE_FILE": os.devnull,
    }
    server = Zygote(str(python), plain)
    try:
        return compare(library, server, tree, env, times)
    finally:
        server.close()


def compare(library: Library, server: Zygote, tree: Path, env: dict[str, str], times: int) -> Line:
    argv = ["python", "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "-p"]
    argv += ["parity_report"]
    suite, small = [*argv, *library.tests], [*argv, library.small]
    cold, modules = outcomes(run_cold, suite, tree, env)
    again, _ = outcomes(run_cold, suite, tree, env)
    flaky = different(cold, again)
    answer = server.preload(*modules)
    line = Line(str(library.release.package), len(cold), (), flaky, answer["modules"])
    try:
        forked, _ = outcomes(server.run, suite, tree, env)
    except Declined as reason:
        return Line(**asdict(line) | {"declined": str(reason)})
    wrong = tuple(test for test in different(cold, forked) if test not in flaky)
    took: dict[Runner, list[float]] = {run_cold: [], server.run: []}
    for _ in range(times):
        for run, durations in took.items():
            begun = time.perf_counter()
            run(small, tree, env)
            durations.append((time.perf_counter() - begun) * 1000)
    cold_ms, forked_ms = (statistics.median(durations) for durations in took.values())
    return Line(**asdict(line) | {"different": wrong, "cold_ms": cold_ms, "forked_ms": forked_ms})


def outcomes(
    run: Runner, argv: list[str], tree: Path, env: dict[str, str]
) -> tuple[dict[str, list[list[str]]], list[str]]:
    """What became of each test, and which modules were loaded in the end."""
    path = Path(env["PARITY_REPORT"])
    path.unlink(missing_ok=True)
    done = run(argv, tree, env)
    if not path.exists():
        raise RuntimeError(f"pytest left no report: {done.out[-2000:]} {done.err[-2000:]}")
    report = json.loads(path.read_text())
    return report["outcomes"], report["modules"]


def different(
    one: dict[str, list[list[str]]], other: dict[str, list[list[str]]]
) -> tuple[str, ...]:
    return tuple(sorted(test for test in one.keys() | other if one.get(test) != other.get(test)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
