"""Tests of the issue that fail on the base, for the stated reason, twice."""

from dataclasses import dataclass

from agents.domain import Reproduction, Usage
from agents.verify.bench import Bench, TestRun
from agents.verify.contradiction import claimed, contradiction, stated
from agents.verify.extract import as_json, examples, extract
from agents.verify.trace_text import trace_text
from sandbox.protocol import StateId

SNIPPETS_OWN_FAULT = {"NameError", "ImportError", "ModuleNotFoundError", "SyntaxError"}
"""A test that fails so was torn out of its context, unless the issue speaks of that error."""

TRACE_TOKENS = 250
"""For how one target fails on the base, beside its message."""

TRACE_WALL = 3
"""A traced run may take so many times as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduced:
    """The reproduction, and the traced run on the base that proves it."""

    reproduction: Reproduction
    run: TestRun | None
    usage: Usage


def reproduce(bench: Bench, state: StateId, statement: str, *, wall_s: float) -> Reproduced:
    """Take the issue's tests and keep those that say something about it."""
    tests = extract(statement)
    if not tests:
        reason = "the issue carries no runnable Python code"
        return Reproduced(reproduction=Reproduction(skipped_reason=reason), run=None, usage=Usage())
    script = Reproduction(script=as_json(tests))
    first = bench.reproduce(state, script, wall_s=wall_s)
    traced = bench.reproduce(state, script, wall_s=wall_s * TRACE_WALL, trace=True)
    return Reproduced(
        reproduction=sort_out(script.script, first, traced, statement),
        run=traced,
        usage=first.usage + traced.usage,
    )


def sort_out(script: str, first: TestRun, second: TestRun, statement: str) -> Reproduction:
    """Targets fail in both runs for a reason of the repository's; guards pass in both.

    A ``>>>`` example that passes is no guard where other code of the issue gives that call another
    value: then it shows the bug as seen. Of one that words alone deny nobody can tell.
    """
    agreed = {t: s for t, s in first.status.items() if second.status.get(t) == s}
    failing = [t for t, status in agreed.items() if status in {"failed", "timeout"}]
    targets = tuple(t for t in failing if _stated(first.errors.get(t, ""), statement))
    known, shown = stated(statement, targets), examples(statement)
    denied = {t for t, example in shown.items() if contradiction(claimed(example), known)}
    passing = (t for t, status in agreed.items() if status == "passed")
    guards = tuple(t for t in passing if t not in denied)
    return Reproduction(
        script=script,
        targets=targets,
        guards=guards,
        failures={t: failure(t, first, second) for t in targets},
        seconds=0.0 if first.result.outcome == "timeout" else first.result.wall_s,
        skipped_reason=None if targets else _why_none(first, failing, guards),
    )


def deadline(reproduction: Reproduction, slack: float) -> float:
    """Seconds that the issue's tests may take on a changed state."""
    return 2.0 + slack * reproduction.seconds


def failure(test: str, first: TestRun, second: TestRun) -> str:
    """What it says, and where: only the traced run knows on every Python which lines ran."""
    message = first.failures.get(test, "it does not end in time")
    trace = second.traces.get(test) or first.traces.get(test)
    shown = trace_text(trace, TRACE_TOKENS) if trace else ""
    return f"{message}\n{shown}" if shown else message


def _stated(error: str, statement: str) -> bool:
    return error not in SNIPPETS_OWN_FAULT or error in statement


def _why_none(run: TestRun, failing: list[str], guards: tuple[str, ...]) -> str:
    if failing:
        shown = run.failures.get(failing[0], "")
        return f"the issue's code cannot run by itself: {shown.splitlines()[-1] if shown else ''}"
    if guards:
        return "the issue's code passes on the base commit: it does not show the problem"
    return f"the issue's code gave no stable result on the base ({run.result.outcome})"
