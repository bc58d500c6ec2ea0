"""What is known of an issue before anything is changed, and which lines that points at. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.localise.divergence import diverging
from agents.localise.frames import Frame, frame_weights
from agents.localise.functions import running
from agents.localise.ochiai import Counts, ochiai
from agents.localise.symbols import symbols

DIVERGING = 0.5
"""How suspicious a condition is at least that came out differently in what fails and what passes.
Of 0.5 and 1 on the demo's bugs."""

LineWeights = Mapping[str, Mapping[int, float]]
"""Path → line (from 1) → weight in (0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything here may be shown to whoever searches: no grader's knowledge."""

    statement: str
    sources: Mapping[str, str]
    """Path → text of each file that may be repaired."""
    failures: Sequence[str] = ()
    """What the failing tests of the issue failed with, as text."""
    failing: Counts = field(default_factory=dict)
    """Lines that they ran."""
    failing_tests: int = 0
    tracebacks: Sequence[Sequence[Frame]] = ()
    """Theirs, each outermost first."""
    guarding: Counts = field(default_factory=dict)
    """Lines that those of the issue's tests ran which pass."""
    guards: int = 0
    """How many those are."""
    passing: Counts = field(default_factory=dict)
    """Lines that the repository's passing tests ran, not counting what importing runs."""
    passing_tests: int = 0
    hot: LineWeights = field(default_factory=dict)
    """Where the issue's workload spends its time."""

    def text(self) -> str:
        """All that was said of the fault."""
        return "\n".join([self.statement, *self.failures])


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What the runs point at."""

    coverage: LineWeights
    """Ochiai over the repository's tests."""
    contrast: LineWeights
    """Ochiai over the issue's own tests: what fails beside the nearest that passes.

    Renieris and Reiss 2003, "Fault localization with nearest neighbor queries": the passing run
    that is most like the failing one tells the most. An issue's own passing examples share its
    set-up, so that what they did not run stands out. Empty where there are none.
    """
    frames: LineWeights
    """What the tracebacks passed through."""
    suspicious: LineWeights
    """`coverage`, with conditions at least `DIVERGING` at which failing and passing parted."""


def traces(evidence: Evidence) -> Traces:
    """Lines of known files alone: a run passes through tests and libraries too."""
    failing = {path: run for path, run in evidence.failing.items() if path in evidence.sources}
    imported = {path: _imported(path, evidence.sources[path], failing[path]) for path in failing}
    count = evidence.failing_tests
    passing = _with(evidence.passing, imported, max(1, evidence.passing_tests))
    guarding = _with(evidence.guarding, imported, evidence.guards)
    frames = frame_weights(evidence.tracebacks)
    coverage = ochiai(failing, passing, count)
    return Traces(
        coverage=coverage,
        contrast=ochiai(failing, guarding, count) if evidence.guards else {},
        frames={path: lines for path, lines in frames.items() if path in evidence.sources},
        suspicious={path: _raised(evidence, path, lines) for path, lines in coverage.items()},
    )


def _raised(evidence: Evidence, path: str, lines: Mapping[int, float]) -> dict[int, float]:
    failing, guarding = evidence.failing[path], evidence.guarding.get(path, {})
    heads = diverging(evidence.sources[path], failing, guarding) if guarding else frozenset()
    return {n: max(score, DIVERGING) if n in heads else score for n, score in lines.items()}


def _imported(path: str, source: str, lines: Mapping[int, int]) -> list[int]:
    """Lines outside of functions: every test runs them, but coverage notes them for the first."""
    spans = symbols(path, source)
    return [line for line in lines if running(spans, line) is None]


def _with(counts: Counts, imported: Mapping[str, Sequence[int]], tests: int) -> Counts:
    return {
        path: {**counts.get(path, {}), **dict.fromkeys(lines, tests)}
        for path, lines in imported.items()
    }
