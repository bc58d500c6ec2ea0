"""Issues as JSON: what callers get. What they send is in `submitted`."""

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel

from agents import domain
from agents import workload as slow
from agents.selection.evidence import Evidence
from agents.store import Phase


class Accepted(BaseModel):
    """The answer to a submission, word for word the same when it is repeated."""

    id: str
    state: Literal["queued"] = "queued"
    url: str
    """The issue; its ``state`` there is the current one."""


class IssueLine(BaseModel):
    """An issue in a list."""

    id: str
    state: Phase
    cause: str | None
    repo: str
    base_commit: str
    created_at: datetime
    updated_at: datetime


class IssuePage(BaseModel):
    """`next_cursor` leads to older issues."""

    items: list[IssueLine]
    next_cursor: str | None
    has_more: bool


class Counts(BaseModel):
    """Trials by what came of them; nodes without the root."""

    trials: int
    open: int
    expanded: int
    failed: int
    exhausted: int
    lost: int
    nodes: int
    solved: int


class IssueOut(IssueLine):
    """An issue with how its search stands."""

    problem_statement: str
    started_at: datetime | None
    finished_at: datetime | None
    spend: domain.Usage
    best_value: float | None
    counts: Counts


class NodeOut(BaseModel):
    """A state of the tree; `mean_value` is what a strategy goes by."""

    id: int
    parent: int | None
    trial: int | None
    depth: int
    value: float
    mean_value: float
    visits: int
    pending: int
    solved: bool
    merged_with: int | None
    stage: domain.Stage
    summary: str
    speed: slow.SpeedUp | None
    """Against the base, for an issue with a workload."""


TrialKind = Literal["open", "waiting", "failed", "exhausted", "lost"]


class TrialOut(BaseModel):
    """A trial without a node. ``waiting``: it has one as soon as every older trial is told."""

    trial: int
    node: int
    kind: TrialKind
    reason: str
    summary: str


class TreeOut(BaseModel):
    """Light: patches and feedback are elsewhere."""

    nodes: list[NodeOut]
    trials: list[TrialOut]


class CandidateOut(BaseModel):
    trial: int
    state: str
    patch: str
    summary: str
    cluster: int
    changed_lines: int
    accepted: bool
    rungs: list[domain.Rung]
    tests: dict[str, domain.TestStatus]
    speed: slow.SpeedUp | None
    origin: str = ""
    """Who proposed it, such as external:NAME."""


class FateOut(BaseModel):
    """What became of a patch that the issue brought along."""

    name: str
    trial: int
    told: str
    """In a line: chosen, what refused it, which tests it fails, or file and line where it does not
    apply."""
    kind: domain.OutcomeKind | None
    """Null: not tried to its end."""
    reason: str
    """Why it could not be used, such as `does_not_apply`; else empty."""
    passed: bool
    """In the search: nothing that was run refused it."""
    chosen: bool
    same_as: str | None
    """An earlier one that leads to the very same files."""
    left_out: list[str]
    """Test files that came with it."""


class VerdictOut(BaseModel):
    """The evidence. Patches are shown as text; `/patch` has the exact bytes."""

    decision: Literal["patch", "abstained"]
    reason: str
    patch: str
    chosen: int | None
    runner_up: int | None
    tie: bool
    confidence: float
    candidates: list[CandidateOut]
    baseline: domain.Baseline
    reproduction: domain.Reproduction
    skipped: list[str]
    limit: str | None
    usage: domain.Usage
    costs: dict[str, domain.Usage]
    """What deciding cost, by rung."""
    evidence: Evidence
    """Empty for a verdict of version 1. A candidate's key in it is the number of its trial."""
    version: int
    slowness: slow.Slowness | None
    guesses_checked: int
    guesses_right: int
    given: list[FateOut] = []
    """Each of the issue's `candidates`, in their order."""


class EventOut(BaseModel):
    number: int
    kind: str
    data: dict[str, Any]
    at: datetime


class EventPage(BaseModel):
    """Ask for the rest with ``after`` = `next_after`."""

    items: list[EventOut]
    next_after: int
    has_more: bool


def moment(seconds: float) -> datetime:
    """POSIX seconds as a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
