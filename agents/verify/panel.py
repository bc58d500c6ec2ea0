"""Who helps to verify, beside what can be run: four ports, each of which may be missing.

Without any of them the ladder still works: the issue's own tests, the repository's, and the votes
of equal candidates. None of them is shown an author's claims, a value, a hidden test or a label.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.domain import Ceiling, Issue, Usage
from agents.selection.evidence import Review
from agents.selection.pool import Judgement
from agents.verify.extract import ReproductionTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What every helper is told of the issue."""

    search: str
    """Key under which model calls are journalled."""
    trial: int
    """`agents.llm.caller.PREPARING` or `VERIFYING`."""
    issue: Issue
    code: str = ""
    """Excerpts of the likeliest places on the base, each under its path and first line."""
    failures: Sequence[str] = ()
    """How the issue's tests fail on the base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What is shown of one candidate: its diff and facts, in the same words for every candidate."""

    key: str
    patch: str
    facts: Sequence[str] = ()
    """Such as ``12 of 12 tests of the repository pass``."""


Run = Callable[[str | None, str], str]
"""Run a Python script on a candidate (key; None: the base): what it printed, and how it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """Tests as a model wrote them, not run yet."""

    tests: tuple[ReproductionTest, ...] = ()
    usage: Usage = Usage()


class TestWriter(Protocol):
    """Writes tests that should fail on the base and pass once the issue is solved."""

    @property
    def name(self) -> str:
        """For evidence and logs."""
        ...

    @property
    def ceiling(self) -> Ceiling:
        """The most that all its calls in one search may cost."""
        ...

    def write(self, case: Case, number: int) -> Drafts:
        """Up to `number` different tests. Raises: ModelError."""
        ...

    def revise(self, case: Case, test: ReproductionTest, problem: str) -> Drafts:
        """The same test once more, after it did not fail on the base for the stated reason.
        Raises: ModelError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Scripts that print what they learn, such as ``print(f(0))``."""

    scripts: tuple[str, ...] = ()
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Which of several outputs is right by the issue; `output` None: none of them, or nobody
    knows."""

    output: int | None = None
    """Index of the output."""
    usage: Usage = Usage()


class Prober(Protocol):
    """Finds inputs on which two candidates differ (S*, Li et al. 2025)."""

    @property
    def name(self) -> str:
        """For evidence and logs."""
        ...

    @property
    def ceiling(self) -> Ceiling:
        """The most that one use may cost."""
        ...

    def inputs(self, case: Case, first: Brief, second: Brief, number: int) -> Inputs:
        """Up to `number` scripts. Raises: ModelError."""
        ...

    def expected(self, case: Case, script: str, outputs: Sequence[str]) -> Expected:
        """Asked without saying which candidate gave which output. Raises: ModelError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Comparisons, each in the order in which it was made."""

    judgements: tuple[Judgement, ...] = ()
    usage: Usage = Usage()
    """Of what was answered."""
    failed: str = ""
    """Why the model could not be asked for all of them; empty: it could."""


class Judge(Protocol):
    """Compares two candidates, in both orders."""

    @property
    def name(self) -> str:
        """For evidence and logs."""
        ...

    @property
    def ceiling(self) -> Ceiling:
        """The most that one use may cost."""
        ...

    def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:
        """Two judgements or more, half of them with `second` shown first. Raises: ModelError where
        not even the first could be made."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """None where no reply could be read."""

    review: Review | None = None
    usage: Usage = Usage()


class Reviewer(Protocol):
    """Checks one candidate against what the issue demands."""

    @property
    def name(self) -> str:
        """For evidence and logs."""
        ...

    @property
    def ceiling(self) -> Ceiling:
        """The most that one use may cost."""
        ...

    def review(self, case: Case, brief: Brief) -> Reviewed:
        """Raises: ModelError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Those who are there."""

    writer: TestWriter | None = None
    prober: Prober | None = None
    judge: Judge | None = None
    reviewer: Reviewer | None = None

    @property
    def ceiling(self) -> Ceiling:
        """One use of each: so much the search leaves. What else is left may be spent as well. The
        writer works before the search."""
        here = (self.prober, self.judge, self.reviewer)
        return sum((helper.ceiling for helper in here if helper is not None), Ceiling())
