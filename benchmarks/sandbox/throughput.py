"""Sixteen sandboxes at once: cycles of one edit and one command, beside a container for each."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from subprocess import CalledProcessError
from time import perf_counter
from typing import Any

from benchmarks.sandbox import images, repositories
from benchmarks.sandbox.bench import Bench, Place, say
from benchmarks.sandbox.peers import docker_run
from benchmarks.sandbox.timing import Field, summary
from sandbox.errors import SandboxError

AT_ONCE = 16
PASS = ("python", "-c", "pass")
PYTEST = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", repositories.TEST)


@dataclass(frozen=True, slots=True)
class Size:
    """Cycles of every thread in a round, ours and theirs, and the number of rounds."""

    ours: int
    theirs: int
    rounds: int


def measure(bench: Bench) -> dict[str, Field]:
    """Cycles a second, ours over theirs, with a command that does nothing and with one real test."""
    sizes = (Size(1, 1, 1),) * 2 if bench.quick else (Size(10, 2, 5), Size(3, 1, 3))
    with bench.docker(repositories.LIBRARY_FILES, slots=AT_ONCE) as place:
        # So long that every thread needs a container of its own, which is started now.
        _, failed = _together(1, lambda: place.run("sleep", "0.5"))
        fields = {
            "throughput_ratio": _compare(bench, place, PASS, sizes[0]),
            "throughput_ratio_pytest": _compare(bench, place, PYTEST, sizes[1]),
        }
    errors = failed + sum(field["cycles_per_s"]["ours"]["errors"] for field in fields.values())
    return {**fields, "throughput_errors": {"p50": errors, "p90": errors, "n": 1}}


def _compare(bench: Bench, place: Place, argv: tuple[str, ...], size: Size) -> Field:
    folder = f"{images.REPOSITORIES}/{repositories.LIBRARY_FILES}"
    edit = f'cat > {repositories.EDITED} && exec "$@"'
    fresh = docker_run.command(
        bench, "sh", "-c", edit, "sh", *argv, flags=docker_run.WRITABLE, folder=folder
    )
    changed = repositories.module(0, "changed")
    ours: list[tuple[float, int]] = []
    theirs: list[tuple[float, int]] = []
    for number in range(size.rounds):
        say(f"{argv[2]}: round {number + 1} of {size.rounds}")
        ours.append(_together(size.ours, lambda: place.run(*argv, state=place.another())))
        theirs.append(_together(size.theirs, lambda: docker_run.run(fresh, changed)))
    return {
        **summary([mine / other for (mine, _), (other, _) in zip(ours, theirs, strict=True)]),
        "cycles_per_s": {
            "ours": _rates(ours, AT_ONCE * size.ours * size.rounds),
            "docker_run": _rates(theirs, AT_ONCE * size.theirs * size.rounds),
        },
    }


def _rates(rounds: list[tuple[float, int]], cycles: int) -> Field:
    errors = sum(failed for _, failed in rounds)
    return {**summary([rate for rate, _ in rounds]), "cycles": cycles, "errors": errors}


def _together(each: int, cycle: Callable[[], Any]) -> tuple[float, int]:
    """Successful cycles a second of all threads together, and how many failed."""

    def work(_: int) -> int:
        return sum(_fails(cycle) for _ in range(each))

    begun = perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        errors = sum(pool.map(work, range(AT_ONCE)))
    return (AT_ONCE * each - errors) / (perf_counter() - begun), errors


def _fails(cycle: Callable[[], Any]) -> bool:
    try:
        cycle()
    except (SandboxError, RuntimeError, CalledProcessError) as error:
        say(f"a cycle failed: {error}")
        return True
    return False
