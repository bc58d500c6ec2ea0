"""Test runs of published libraries, cold beside forked, in the same container.

For each library: its whole suite cold, cold again and forked, compared test by test; then one small
test file, cold and forked by turns. A library whose runs must be cold counts with a speed-up of 1.
"""

import statistics
from dataclasses import replace

from benchmarks.libraries import LIBRARIES, Library
from benchmarks.sandbox.bench import Bench, Place, say
from benchmarks.sandbox.timing import Field, interleave, summary, timed
from sandbox.protocol import EnvironmentSpec, RunResult, RunSpec
from sandbox.testruns import PytestRunner, TestReport, preloadable
from service.config import Settings, environment

SUITE_S = 300.0
ROUNDS = 15


def measure(bench: Bench) -> dict[str, Field]:
    """The median over the libraries of cold over forked."""
    libraries = LIBRARIES[:2] if bench.quick else LIBRARIES
    found = {library.release.package: _compare(bench, library) for library in libraries}
    ratios = [one["speedup"] for one in found.values()]
    different = sum(len(one["different"]) for one in found.values())
    return {
        "forkserver_speedup": {**summary(ratios), "libraries": found},
        "forkserver_different": {"p50": different, "p90": different, "n": len(found)},
    }


def _compare(bench: Bench, library: Library) -> Field:
    say(f"library: {library.release.package}")
    releases = Settings().cache_dir / "releases"
    repository = library.check_out(bench.folder, releases, dict(environment()))
    with bench.place(repository, EnvironmentSpec(library.requirements)) as place:
        runner = PytestRunner(python_path=(*library.path, "."), options=library.tests, modules=True)
        cold, first = _suite(place, runner, ())
        again, _ = _suite(place, runner, ())
        preload = preloadable(first)
        forked, result = _suite(place, runner, preload)
        flaky = _different(cold, again)
        one: Field = {
            "tests": len(cold.status),
            "flaky": flaky,
            "different": [test for test in _different(cold, forked) if test not in flaky],
            "modules": len(preload),
            "cold": result.cold,
        }
        return one | _timed(bench, place, library, preload if result.forked else ())


def _timed(bench: Bench, place: Place, library: Library, preload: tuple[str, ...]) -> Field:
    runner = PytestRunner(python_path=(*library.path, "."), options=(library.small,))
    plain = runner.spec(wall_s=SUITE_S)
    hinted = replace(plain, preload=preload)
    steps = {
        "cold_ms": lambda: timed(lambda: _run(place, plain)),
        "forked_ms": lambda: timed(lambda: _run(place, hinted)),
    }
    times = interleave(steps, bench.rounds(ROUNDS))
    medians = {name: statistics.median(values) for name, values in times.items()}
    gain = medians["cold_ms"] / medians["forked_ms"] if preload else 1.0
    return {**{name: summary(values) for name, values in times.items()}, "speedup": gain}


def _suite(
    place: Place, runner: PytestRunner, preload: tuple[str, ...]
) -> tuple[TestReport, RunResult]:
    result = _run(place, replace(runner.spec(wall_s=SUITE_S), preload=preload))
    report = runner.read(result)
    if not report.status:
        raise RuntimeError(
            f"no test reported: {result.stdout.text[-900:]}{result.stderr.text[-900:]}"
        )
    return report, result


def _run(place: Place, spec: RunSpec) -> RunResult:
    return place.sandbox.run(place.environment, place.base, place.base, spec)


def _different(one: TestReport, other: TestReport) -> list[str]:
    tests = one.status.keys() | other.status.keys()
    return sorted(test for test in tests if one.status.get(test) != other.status.get(test))
