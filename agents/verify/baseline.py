"""What the repository's own tests do before anything is changed, run twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from agents.domain import Baseline, Usage
from agents.errors import TestsNotCollected
from agents.verify.bench import Bench, LineCounts, TestRun
from agents.verify.warm import prove
from sandbox.protocol import StateId

NO_TESTS_COLLECTED = 5
"""pytest's exit code for an empty collection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredBaseline:
    """The baseline, and which lines its passing tests ran."""

    baseline: Baseline
    passing_lines: LineCounts
    usage: Usage
    preload: tuple[str, ...] = ()
    """Modules with which forked runs of the suite say the same: see `warm`."""


def measure_baseline(bench: Bench, state: StateId, *, wall_s: float) -> MeasuredBaseline:
    """Two runs side by side, one under coverage. Without tests the baseline is empty.

    Side by side they also meet each other's load, which shakes out tests that mind it.

    Raises: TestsNotCollected if there are tests and none of them can be collected.
    """
    with ThreadPoolExecutor(2) as pool:
        plain = pool.submit(bench.suite, state, wall_s=wall_s, modules=True)
        covered = pool.submit(bench.suite, state, wall_s=wall_s, coverage=True)
        first, second = plain.result(), covered.result()
    if not first.status:
        return _without_tests(first)
    baseline = compare_runs(first, second)
    proven = prove(
        bench,
        first,
        lambda warm: warm.suite(state, wall_s=wall_s),
        modules=first.modules,
        flaky=baseline.flaky,
    )
    return MeasuredBaseline(
        baseline=baseline,
        passing_lines=second.lines.get("passing", {}),
        usage=first.usage + second.usage + proven.usage,
        preload=proven.preload,
    )


def compare_runs(first: TestRun, second: TestRun) -> Baseline:
    """Passing or failing only where both runs agree; all else is flaky and never votes.

    A file that cannot be collected fails under its own name.
    """
    before, after = _statuses(first), _statuses(second)
    tests = sorted({*before, *after})
    pairs = {t: (before.get(t, "missing"), after.get(t, "missing")) for t in tests}
    return Baseline(
        passing=tuple(t for t, pair in pairs.items() if pair == ("passed", "passed")),
        failing=tuple(
            t for t, (a, b) in pairs.items() if a == b and a in {"failed", "error", "timeout"}
        ),
        flaky=tuple(t for t, (a, b) in pairs.items() if a != b),
        seconds=first.result.wall_s,
        skipped_reason=_cut_short(first) or _cut_short(second),
    )


def _statuses(run: TestRun) -> dict[str, str]:
    return {**dict.fromkeys(run.collection_errors, "error"), **run.status}


def _cut_short(run: TestRun) -> str | None:
    if run.result.outcome in {"ok", "failed"}:
        return None
    return f"the suite ended by {run.result.outcome}: what it had not reported by then is not known"


def _without_tests(run: TestRun) -> MeasuredBaseline:
    if run.result.exit_code != NO_TESTS_COLLECTED:
        shown = "\n".join(run.collection_errors.values()) or run.result.stdout.text
        raise TestsNotCollected(
            "the repository's tests cannot be collected on the base commit; name what they need in "
            f"environment.requirements, or mend the collection. pytest said:\n"
            f"{(shown + run.result.stderr.text).strip()[-1500:]}"
        )
    reason = "the repository has no tests that pytest collects"
    return MeasuredBaseline(
        baseline=Baseline(skipped_reason=reason), passing_lines={}, usage=run.usage
    )
