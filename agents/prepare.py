"""What every branch of a search shares, made once: base, environment, baseline, reproduction."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from agents.domain import (
    Baseline,
    Environment,
    Issue,
    Localisation,
    Preparation,
    Usage,
    is_test_path,
)
from agents.errors import EmptyStatement
from agents.llm.caller import PREPARING
from agents.localise.evidence import Evidence, traces
from agents.localise.excerpts import excerpts, module_of
from agents.localise.hot_lines import hot_lines, merged
from agents.localise.ranking import ranked
from agents.localise.symbols import language
from agents.localise.text_hits import text_hits
from agents.localise.touched import touches
from agents.verify.baseline import MeasuredBaseline
from agents.verify.baseline_store import BaselineStore, known_baseline
from agents.verify.bench import Bench, LineCounts
from agents.verify.panel import Case
from agents.verify.reproduction import Reproduced, reproduce
from agents.verify.speed import slowness_of
from agents.verify.warm import Proven, prove
from agents.verify.written import Ground, Writing, write_tests
from agents.workload import Slowness
from sandbox.packaging import declared
from sandbox.protocol import EnvironmentSpec, Sandbox, StateId, States

SUITE_WALL_S = 600.0
REPRODUCTION_WALL_S = 20.0
LARGEST_SOURCE = 1_000_000
"""Bytes. Nobody writes longer files; tools do."""
WORKLOAD_WALL_S = 120.0
CODE_TOKENS = 900
"""Of the code that a writer of tests is offered: as much as its prompt has room for."""
LEAST_S = 1.0
"""What a run gets although the time is up: it then says that it was cut short."""


NOT_MEASURED = MeasuredBaseline(
    baseline=Baseline(skipped_reason="not run: there is nothing to verify a patch against"),
    passing_lines={},
    usage=Usage(),
)


def prepare(
    sandbox: Sandbox,
    repository: Path,
    issue: Issue,
    baselines: BaselineStore,
    *,
    left: Callable[[], float] = lambda: math.inf,
    writing: Writing | None = None,
) -> Preparation:
    """Import the base, build its environment, and learn what its tests, the issue's tests and the
    issue's workload do.

    `left`: seconds that preparing may still take. No run is given more; what is not a run (a clone,
    the environment's build) has limits of its own. `writing`: tests that a model is asked for
    beside the issue's own; not of an issue with a workload, whose fault no assertion shows.

    Raises: EmptyStatement, WorkloadFails, TestsNotCollected, RepositoryUnreadable,
    EnvironmentBuildFailed; ModelError where there is a `writing` and the issue has no tests of its
    own.
    """
    if not issue.problem_statement.strip():
        raise EmptyStatement("the problem statement is empty: say what happens and what should")
    base, commit = sandbox.states.import_commit(repository, issue.base_commit)
    bench = bench_for(sandbox, issue, base)
    issue_s = min(REPRODUCTION_WALL_S, max(LEAST_S, left()))
    reproduced = reproduce(bench, base, issue.problem_statement, wall_s=issue_s)
    if writing is not None and issue.workload is None and left() > 0:
        reproduced = _with_written(bench, base, issue, reproduced, writing, left)
    slowness, timing = None, Usage()
    if issue.workload is not None:
        workload_s = min(WORKLOAD_WALL_S, max(LEAST_S, left()))
        slowness, timing = slowness_of(bench, base, issue.workload, wall_s=workload_s)
    measured = NOT_MEASURED
    # Else nothing will be searched, and the suite may be long.
    if reproduced.reproduction.targets or slowness:
        suite_s = min(SUITE_WALL_S, max(LEAST_S, left()))
        measured = known_baseline(baselines, bench, base, wall_s=suite_s)
    warm = _warm(bench, base, measured, reproduced)
    return Preparation(
        base=base,
        commit=commit,
        environment=bench.environment,
        python_path=bench.python_path,
        preload=warm.preload,
        baseline=measured.baseline,
        reproduction=reproduced.reproduction,
        localisation=localise(sandbox.states, base, issue, measured, reproduced, slowness),
        usage=measured.usage + reproduced.usage + warm.usage + timing,
        slowness=slowness,
    )


def _with_written(
    bench: Bench,
    base: StateId,
    issue: Issue,
    reproduced: Reproduced,
    writing: Writing,
    left: Callable[[], float],
) -> Reproduced:
    """Have tests written; what is known of the fault so far says which code to show."""
    evidence = gathered(bench.sandbox.states, base, issue, NOT_MEASURED, reproduced)
    where = localised(evidence)
    ground = Ground(
        bench=bench,
        base=base,
        modules=frozenset(
            module.partition(".")[0]
            for path in evidence.sources
            if (module := module_of(path, bench.python_path))
        ),
        touches=lambda lines, frames: touches(where, evidence.sources, lines, frames),
        wall_s=lambda: min(REPRODUCTION_WALL_S, max(LEAST_S, left())),
    )
    case = Case(
        search=writing.search,
        trial=PREPARING,
        issue=issue,
        code=excerpts(where.functions, evidence.sources, bench.python_path, CODE_TOKENS),
        failures=tuple(reproduced.reproduction.failures.values()),
    )
    return write_tests(ground, case, writing.writer, writing.number, reproduced)


def _warm(bench: Bench, base: StateId, measured: MeasuredBaseline, issue: Reproduced) -> Proven:
    """What was proven on the suite must hold for the issue's tests as well."""
    if issue.run is None:
        return Proven()
    script, wall_s = issue.reproduction, REPRODUCTION_WALL_S
    return prove(
        bench,
        issue.run,
        lambda warm: warm.reproduce(base, script, wall_s=wall_s),
        modules=measured.preload,
    )


def bench_for(sandbox: Sandbox, issue: Issue, base: StateId) -> Bench:
    """The bench of an issue; equal on every machine. Raises: EnvironmentBuildFailed."""
    return Bench(
        sandbox=sandbox,
        environment=sandbox.prepare(environment_spec(sandbox.states, base, issue.environment)),
        base=base,
        python_path=import_folders(sandbox.states.paths(base)),
    )


def environment_spec(states: States, base: StateId, given: Environment) -> EnvironmentSpec:
    """What the issue asks for and what the repository's packaging files declare.

    A given image stands for the whole environment: nothing is installed into it.
    """
    if given.image is not None:
        return EnvironmentSpec(requirements=given.requirements, image=given.image)
    found = declared(states.paths(base), lambda path: states.read(base, path))
    return EnvironmentSpec(
        requirements=(*found.requirements, *given.requirements),
        wanted=found.wanted,
        python=found.python,
        notes=found.notes,
    )


def import_folders(paths: Sequence[str]) -> tuple[str, ...]:
    """Folders to import from: `src` before the top level, where packages lie in `src`."""
    in_src = any(path.startswith("src/") and path.endswith(".py") for path in paths)
    return ("src", ".") if in_src else (".",)


def localise(
    states: States,
    base: StateId,
    issue: Issue,
    measured: MeasuredBaseline,
    reproduced: Reproduced,
    slowness: Slowness | None = None,
) -> Localisation:
    """Lines that the failing tests ran or that are slow, and the files and functions that any clue
    points at."""
    return localised(gathered(states, base, issue, measured, reproduced, slowness))


def localised(evidence: Evidence) -> Localisation:
    """What the evidence points at."""
    found = traces(evidence)
    files, functions = ranked(evidence, found)
    return Localisation(
        lines=merged(found.suspicious, evidence.hot),
        text_hits=text_hits(evidence.statement, evidence.sources),
        files=files,
        functions=functions,
    )


def gathered(
    states: States,
    base: StateId,
    issue: Issue,
    measured: MeasuredBaseline,
    reproduced: Reproduced,
    slowness: Slowness | None = None,
) -> Evidence:
    """All that is known of the issue; nothing that a grader knows."""
    sources = {
        path: content.decode("utf-8", "replace")
        for path in states.paths(base)
        if language(path) and not is_test_path(path)
        if (content := states.read(base, path)) is not None and len(content) <= LARGEST_SOURCE
    }
    known, run = reproduced.reproduction, reproduced.run
    return Evidence(
        statement=issue.problem_statement,
        sources=sources,
        failures=tuple(known.failures.values()),
        failing=ran(reproduced, known.targets),
        failing_tests=len(known.targets),
        tracebacks=tuple(run.frames.get(target, ()) for target in known.targets) if run else (),
        guarding=ran(reproduced, known.guards),
        guards=len(known.guards),
        passing=measured.passing_lines,
        passing_tests=len(measured.baseline.passing),
        hot=hot_lines(slowness.hot, sources) if slowness else {},
    )


def ran(reproduced: Reproduced, tests: Sequence[str]) -> LineCounts:
    """Path → line → how many of these tests of the issue ran it on the base."""
    counts: dict[str, dict[int, int]] = {}
    run = reproduced.run
    for test in tests if run else ():
        for path, lines in run.lines.get(test, {}).items() if run else ():
            at = counts.setdefault(path, {})
            for line in lines:
                at[line] = at.get(line, 0) + 1
    return counts
