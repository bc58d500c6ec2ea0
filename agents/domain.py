"""The nouns of a search, as frozen data. Standard library only.

Tests are named by their id: ``tests/test_x.py::test_y[1]`` for the repository's own tests,
``issue::1`` for a reproduction test taken from the issue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from agents.selection.evidence import Evidence
from agents.workload import Slowness, SpeedUp, Workload

STARTED_BY_PYTHON = frozenset({"sitecustomize", "usercustomize"})
"""Modules that every Python imports at its start, a test run's included."""


def is_test_path(path: str) -> bool:
    """Whether a file belongs to the repository's tests by pytest's and unittest's conventions, or
    would run before them: modules in `STARTED_BY_PYTHON` and ``.pth`` files.

    No policy proposes a change there, and no candidate with one is accepted. A package named
    ``test`` below the top may be source (``django/test``), so only its name at the top counts;
    ``tests`` counts anywhere.
    """
    *folders, name = path.split("/")
    return (
        not STARTED_BY_PYTHON.isdisjoint((*folders, name.partition(".")[0]))
        or name.endswith(".pth")
        or "tests" in folders
        or folders[:1] == ["test"]
        or name in {"conftest.py", "tests.py"}
        or (name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")))
    )


Stage = Literal["localise", "plan", "edit"]
"""What a trial is to bring: a guess where the fault lies, a plan, or an edit. Only an edit makes a
new state; the others make a node with a note."""


TestStatus = Literal["passed", "failed", "error", "skipped", "timeout", "missing"]
"""``missing``: asked for, but no report came back. It never counts as passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the repository needs beside the standard library and the test tools."""

    requirements: tuple[str, ...] = ()
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """A patch that some other system made for the issue."""

    name: str
    """Whose it is; unique within an issue."""
    patch: bytes
    """A git diff against the base commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A SWE-bench-shaped problem. Holds nothing that a grader knows."""

    repo: str
    base_commit: str
    problem_statement: str
    hints_text: str = ""
    environment: Environment = Environment()
    workload: Workload | None = None
    """What is to become faster, where that is the problem."""
    candidates: tuple[External, ...] = ()
    """Patches to choose among: they are tried first, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What something cost. `usd` is None when any part of it has no known price."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    usd: float | None = 0.0
    calls: int = 0
    sandbox_runs: int = 0
    sandbox_s: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            usd=None if self.usd is None or other.usd is None else self.usd + other.usd,
            calls=self.calls + other.calls,
            sandbox_runs=self.sandbox_runs + other.sandbox_runs,
            sandbox_s=self.sandbox_s + other.sandbox_s,
        )

    @property
    def tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The most that one trial's model calls may cost, for reservations. `usd` None: unknown."""

    tokens: int = 0
    usd: float | None = 0.0

    def __add__(self, other: "Ceiling") -> "Ceiling":
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Ceiling(tokens=self.tokens + other.tokens, usd=usd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A function, or a whole file, that may hold the fault."""

    path: str
    name: str = ""
    """Qualified by classes and enclosing functions; empty: the whole file."""
    start: int
    """First line, from 1."""
    end: int
    """Last line."""
    weight: float = 0.0
    """In [0, 1]: how much points there, beside what could."""
    clues: tuple[str, ...] = ()
    """What points there, the most telling first: ``coverage``, ``contrast``, ``frames``,
    ``names``, ``words``; ``model`` where a model chose it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Steps in words. `weight`: the share of the samples that said so, in (0, 1]."""

    steps: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a trial brought that is no edit: where to look, or what to do there."""

    text: str
    """For people and for prompts."""
    places: tuple[Place, ...] = ()
    plans: tuple[Plan, ...] = ()
    """The leaves of the action tree, best first: the n-th edit below follows the n-th plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Some files replaced, added or (None) removed, in one step."""

    changes: Mapping[str, bytes | None]
    summary: str
    """One line for people, such as ``comparison: a < b → a <= b (core.py:12)``."""
    origin: str
    """Who proposed it: ``mutation:comparison``, ``llm:NAME``, ``external:NAME``."""
    state: str | None = None
    """StateId, where the edit is made already: `changes` cannot say everything, such as a mode."""
    brought: Mapping[str, bytes] = field(default_factory=dict)
    """As in `Outcome.brought`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was tried at a node and what came of it, as a policy may see it."""

    summary: str
    patch: bytes
    value: float | None
    """None: the edit could not be used and made no node."""
    feedback: str
    critique: str = ""
    """What a judge said of it, in a paragraph: hindsight for siblings."""
    note: Note | None = None
    """For a step that is no edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The repository's own tests on the base commit, run twice."""

    passing: tuple[str, ...] = ()
    """Passed in both runs: only these can regress."""
    failing: tuple[str, ...] = ()
    """Failed in both runs: they never count."""
    flaky: tuple[str, ...] = ()
    """Differed between the two runs: they never vote."""
    seconds: float = 0.0
    """Wall-clock of one run of the whole suite."""
    skipped_reason: str | None = None
    """Why there is no baseline, such as a repository without tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """Tests taken from the issue. `script` runs under `agents.verify.harness`."""

    script: str = ""
    targets: tuple[str, ...] = ()
    """Ids that fail on the base for the stated reason, in both runs: these vote."""
    guards: tuple[str, ...] = ()
    """Ids that pass on the base: they must go on passing."""
    written: tuple[str, ...] = ()
    """Ids of tests that a model wrote from the issue and that fail on the base for the stated
    reason, in both runs. They vote on candidates. Where the issue carries no test of its own, they
    are its `targets` too."""
    quorum: int | None = None
    """How many of `targets` a finished candidate must pass; None: all. Tests that a model wrote may
    be wrong, so a search that has no others goes by most of them."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """Target id → how it fails on the base, as text."""
    seconds: float = 0.0
    """Wall-clock of one run on the base; 0 where that never ended."""
    dropped: Mapping[str, str] = field(default_factory=dict)
    """Test that a model wrote and that does not vote → why not."""
    skipped_reason: str | None = None
    """Why nothing reproduces the issue."""

    def reached(self, tests: Mapping[str, TestStatus]) -> bool:
        """Whether so much passes that the issue counts as solved: every guard, and `quorum` of the
        targets. A test without a status did not pass; `written` ones that are no targets are not
        asked."""
        passed = [test for test in self.targets if tests.get(test) == "passed"]
        needed = len(self.targets) if self.quorum is None else self.quorum
        guarded = all(tests.get(test) == "passed" for test in self.guards)
        return guarded and len(passed) >= needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Localisation:
    """Where the fault may be, on the *base* state."""

    lines: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    """Path → line (from 1) → suspiciousness in [0, 1]: Ochiai, and more for conditions that came
    out differently in the issue's failing and passing tests."""
    text_hits: Mapping[str, float] = field(default_factory=dict)
    """Path → how strongly the issue's words point there, in [0, 1]."""
    files: tuple[Place, ...] = ()
    """By weight, all clues fused."""
    functions: tuple[Place, ...] = ()
    """By weight, all clues fused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """All that every branch shares; made once per search."""

    base: str
    """StateId of the base commit's tree."""
    commit: str
    environment: str
    """EnvironmentId."""
    python_path: tuple[str, ...] = ()
    """Folders of the workspace, relative, that tests import from."""
    preload: tuple[str, ...] = ()
    """Modules that a fork server may have imported before a test run of the search: see
    `agents.verify.warm`."""
    baseline: Baseline = Baseline()
    reproduction: Reproduction = Reproduction()
    localisation: Localisation = Localisation()
    usage: Usage = Usage()
    slowness: Slowness | None = None
    """For an issue with a workload."""

    @property
    def verifiable(self) -> bool:
        """Whether anything could tell a patch that solves the issue from one that does not."""
        return bool(self.reproduction.targets) or self.slowness is not None


OutcomeKind = Literal["expanded", "failed", "exhausted", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one trial came to. Inserted once, never changed."""

    trial: int
    kind: OutcomeKind
    reason: str = ""
    """Why it failed or was lost: ``invalid``, ``does_not_apply``, ``does_not_compile``, …"""
    state: str | None = None
    patch: bytes = b""
    """The new state against the base."""
    summary: str = ""
    origin: str = ""
    value: float = 0.0
    """Estimate of the new state, in [0, 1]."""
    solved: bool = False
    """The targets and guards pass (`Reproduction.reached`), nothing regressed, and what was to become
    faster did: a finished candidate."""
    tests: Mapping[str, TestStatus] = field(default_factory=dict)
    """Targets, guards, and those of the repository's tests that were run and did not pass."""
    regressions: tuple[str, ...] = ()
    feedback: str = ""
    """Factual text for later attempts at the same place."""
    usage: Usage = Usage()
    seconds: float = 0.0
    stage: Stage = "edit"
    note: Note | None = None
    """For another stage than ``edit``; `state` is then the parent's."""
    prior: float | None = None
    """How much the policy itself believes in this proposal, in (0, 1]; None: it does not say."""
    estimates: Mapping[str, float] = field(default_factory=dict)
    """Value function → what it said, in [0, 1], where `value` was put together from several."""
    critique: str = ""
    """A judge's paragraph, for siblings."""
    speed: SpeedUp | None = None
    """Of the workload, where the tests let it come to that."""
    guesses: Mapping[str, bool] = field(default_factory=dict)
    """Test, or ``issue`` for all of the issue's → whether a surrogate thought that it would pass."""
    facts: Mapping[str, bool] = field(default_factory=dict)
    """The same of those `guesses` that were run → whether it did."""
    brought: Mapping[str, bytes] = field(default_factory=dict)
    """Path → content of the test files that the edit's author brought along. They are no part of
    `state` and `patch`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the verification ladder for one candidate."""

    name: str
    passed: bool | None
    """None: skipped; `detail` says why."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A finished patch with what the ladder found."""

    trial: int
    state: str
    patch: bytes
    summary: str
    cluster: int
    """Candidates with equal normalised source share a cluster."""
    changed_lines: int
    rungs: tuple[Rung, ...]
    tests: Mapping[str, TestStatus] = field(default_factory=dict)
    speed: SpeedUp | None = None
    """Measured anew on the ladder."""
    origin: str = ""
    """Who proposed it, as in `Edit.origin`."""

    @property
    def accepted(self) -> bool:
        """No rung refused it, and the one that says most about the issue passed: of an issue with a
        workload its speed."""
        passed = {rung.name: rung.passed for rung in self.rungs}
        telling = passed.get("speed", passed.get("reproduction"))
        return False not in passed.values() and telling is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The choice, or the abstention, with the evidence that led there."""

    decision: Literal["patch", "abstained"]
    reason: str
    patch: bytes = b""
    chosen: int | None = None
    """Trial of the chosen candidate."""
    runner_up: int | None = None
    tie: bool = False
    confidence: float = 0.0
    """In [0, 1]: that the patch is right. `evidence.calibration` says by which map."""
    candidates: tuple[Candidate, ...] = ()
    baseline: Baseline = Baseline()
    reproduction: Reproduction = Reproduction()
    skipped: tuple[str, ...] = ()
    """What was not done, and why."""
    limit: str | None = None
    """The budget's limit that ended the search, if one did."""
    usage: Usage = Usage()
    costs: Mapping[str, Usage] = field(default_factory=dict)
    """What deciding cost, by `agents.selection.evidence.Rung`."""
    evidence: Evidence = Evidence()
    version: int = 2
    slowness: Slowness | None = None
    """The workload on the base."""
    guesses_checked: int = 0
    """Guesses of the surrogate whose truth became known, over the whole search."""
    guesses_right: int = 0
