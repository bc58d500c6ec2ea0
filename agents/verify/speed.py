"""The workload of an issue in the sandbox: on the base, and a state against the base.

Each run is a process of its own (see `stopwatch`), none is ever answered from memory, and none is
forked from a warm interpreter. Base and state take turns (see `interleaved`).

The field measures so too: GSO times a script on both commits and checks that the results are equal;
SWE-Perf runs 20 times each after a warm-up and tests by Mann and Whitney. Neither takes turns, and
few of their reference patches are faster on every machine (Chen et al. 2026, arXiv 2607.01211).
"""

import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from agents.domain import Usage
from agents.errors import WorkloadFails
from agents.verify.bench import Bench
from agents.verify.interleaved import Looks, compare
from agents.verify.timings import REPORT_BYTES, Row, timings_of
from agents.verify.trace import printable
from agents.workload import HotFunction, Slowness, SpeedUp, Workload
from sandbox.protocol import INPUTS, OUTPUTS, RunSpec, StateId
from sandbox.testruns import python_path

STOPWATCH = (Path(__file__).parent / "stopwatch.py").read_bytes()

SHORTEST_S = 0.001
"""A workload below it is mostly start and noise."""

SHOWN = 2000
"""Characters of what a run printed that are kept."""

_one_at_a_time = threading.Lock()
"""Two measurements side by side would measure each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadRun:
    """One process that ran the workload a few times."""

    seconds: float | None
    """Median of its runs; None: it did not get so far."""
    digests: frozenset[str] = frozenset()
    """Of what the runs printed."""
    problem: str = ""
    """Why there is no time, in a line."""
    shown: str = ""
    """The end of what it printed, and its traceback."""
    rows: tuple[Row, ...] = ()
    wall_s: float = 0.0
    in_time: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A state against the base. At most one of the first three says something."""

    speed: SpeedUp | None = None
    changed: str = ""
    """How the state's result differs from the base's."""
    problem: str = ""
    """Why it could not be measured."""
    usage: Usage = Usage()

    @property
    def told(self) -> str:
        """In words, for people and for later attempts; empty where there is no workload."""
        if self.speed is not None:
            sure = "" if self.speed.significant else ", which may be noise"
            return f"the workload is {self.speed}{sure}"
        if self.changed:
            return f"the workload's result is not the base's: {self.changed}"
        return f"the workload could not be timed: {self.problem}" if self.problem else ""


def slowness_of(
    bench: Bench, base: StateId, workload: Workload, *, wall_s: float
) -> tuple[Slowness, Usage]:
    """The workload on the base, timed twice and profiled once. `wall_s`: most for each.

    Raises: WorkloadFails with what it printed.
    """
    stopwatch = _Stopwatch(bench, workload, wall_s)
    runs = [stopwatch.run(base), stopwatch.run(base), stopwatch.run(base, profile=True)]
    for run in runs:
        if run.seconds is None:
            raise WorkloadFails(
                f"the workload does not run on the base commit: {run.problem}; it printed:\n"
                f"{run.shown.strip() or '(nothing)'}"
            )
    digests = frozenset[str]().union(*(run.digests for run in runs))
    if len(digests) > 1:
        raise WorkloadFails(
            "the workload prints something else each time: print only what must stay the same, such "
            f"as its result, and no times; it printed:\n{runs[0].shown.strip()}"
        )
    seconds = median([run.seconds for run in runs[:2] if run.seconds is not None])
    if seconds < SHORTEST_S:
        raise WorkloadFails(
            f"the workload takes {seconds * 1000:.2g} ms on the base commit, too little to measure: "
            "let it do more of the slow thing, until it takes a tenth of a second or longer"
        )
    slowness = Slowness(
        workload=workload,
        seconds=seconds,
        digest=next(iter(digests)),
        wall_s=max(run.wall_s for run in runs[:2]),
        hot=_hot(runs[2]),
    )
    return slowness, stopwatch.usage


def measure(
    bench: Bench, base: StateId, state: StateId, slowness: Slowness, looks: Looks, *, slack: float
) -> Measured:
    """Base and state by turns. `slack`: how many times as long as on the base a run may take."""
    stopwatch = _Stopwatch(bench, slowness.workload, 10.0 + slack * slowness.wall_s)

    def seconds(of: StateId) -> float:
        run = stopwatch.run(of)
        wrong = run.problem or ("it prints something else" if run.digests != digest else "")
        if run.seconds is not None and not wrong:
            return run.seconds
        told = f"{wrong}\n{run.shown.strip()}".strip()
        raise _Ended(told, changed=of == state and run.in_time)

    digest = frozenset({slowness.digest})
    with _one_at_a_time:
        try:
            goal = slowness.workload.goal
            speed = compare(lambda: seconds(base), lambda: seconds(state), looks, goal)
        except _Ended as ended:
            if ended.changed:
                return Measured(changed=ended.told, usage=stopwatch.usage)
            return Measured(problem=ended.told, usage=stopwatch.usage)
    return Measured(speed=speed, usage=stopwatch.usage)


class _Ended(Exception):
    """A run that ends the measurement."""

    def __init__(self, told: str, *, changed: bool) -> None:
        super().__init__(told)
        self.told, self.changed = told, changed


@dataclass(slots=True)
class _Stopwatch:
    bench: Bench
    workload: Workload
    wall_s: float
    usage: Usage = field(default=Usage())

    def run(self, state: StateId, *, profile: bool = False) -> WorkloadRun:
        spec = RunSpec(
            argv=(
                "python",
                f"{INPUTS}/stopwatch.py",
                f"{INPUTS}/workload.py",
                f"{OUTPUTS}/report.json",
                *(("--profile",) if profile else ()),
            ),
            # Byte code is kept, or every run would compile the repository's modules anew.
            env=python_path(self.bench.python_path) | {"PYTHONDONTWRITEBYTECODE": ""},
            inputs={
                "stopwatch.py": STOPWATCH,
                "workload.py": self.workload.script.encode(),
                # The sandbox of a search remembers equal runs: no two of these are equal.
                "nonce": secrets.token_bytes(16),
            },
            artefacts=("report.json",),
            artefact_bytes=REPORT_BYTES,
            wall_s=self.wall_s,
        )
        bench = self.bench
        result = bench.sandbox.run(bench.environment, bench.base, state, spec)
        self.usage += Usage(sandbox_runs=1, sandbox_s=result.wall_s)
        if result.outcome == "timeout":
            problem = f"it does not end within {self.wall_s:.0f} s"
            return WorkloadRun(seconds=None, problem=problem, in_time=False)
        report = timings_of(result.artefacts.get("report.json", b""))
        if report is None:
            shown = printable((result.stdout.text + result.stderr.text)[-SHOWN:], SHOWN)
            problem = f"it ends by {result.outcome} and without a report"
            return WorkloadRun(seconds=None, problem=problem, shown=shown)
        return WorkloadRun(
            seconds=None if report.error else median(report.seconds),
            digests=report.digests,
            problem=report.error,
            shown=report.shown,
            rows=report.rows,
            wall_s=result.wall_s,
        )


def _hot(profile: WorkloadRun) -> tuple[HotFunction, ...]:
    """Rows that take a hundredth of the time or more."""
    total = profile.seconds or 1.0
    return tuple(
        HotFunction(
            path=row.path,
            line=row.line,
            name=row.name,
            calls=row.calls,
            seconds=row.seconds,
            share=min(1.0, row.seconds / total),
        )
        for row in profile.rows
        if row.seconds >= total / 100
    )
