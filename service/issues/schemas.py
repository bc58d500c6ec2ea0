"""Issues as JSON: what callers send and get."""

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from agents import domain
from agents import settings as how
from agents import workload as slow
from agents.policy.external_policy import NAME as EXTERNAL
from agents.policy.external_settings import beginning_with, choosing
from agents.selection.evidence import OPTIONAL, Evidence
from agents.store import Phase

_DEFAULTS = how.SearchSettings()
_GRADERS = frozenset(
    {
        *("patch", "gold_patch", "fix_patch", "test_patch", "hidden_tests", "eval_script"),
        *("fail_to_pass", "pass_to_pass", "fail_to_fail", "pass_to_fail"),
    }
)
"""Field names of datasets, in lower case, that hold what only a grader may know."""

Text = Annotated[str, Field(max_length=200_000)]
Short = Annotated[str, Field(min_length=1, max_length=500)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EnvironmentIn(_Strict):
    """What the repository needs beside its own declared dependencies."""

    requirements: list[Short] = Field(default=[], max_length=200)
    image: Short | None = None


class WorkloadIn(_Strict):
    """Something that is too slow: the search makes it faster, with the same result."""

    script: Text = Field(min_length=1, description="Python source that does it")
    goal: float = Field(
        default=1.2, gt=1, le=1_000, description="least speed-up that counts: 2 is twice as fast"
    )


class CandidateIn(_Strict):
    """A patch of some other system, to compete for the verdict."""

    name: str = Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="whose it is, in one line; the verdict's `origin` is external:NAME",
    )
    patch: str = Field(
        min_length=1, max_length=1_000_000, description="a git diff against `base_commit`"
    )

    @field_validator("name", "patch")
    @classmethod
    def _not_blank(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("must not be blank")
        return text


class LimitsIn(_Strict):
    """What the search may spend; null: no limit."""

    nodes: int | None = Field(default=_DEFAULTS.limits.nodes, ge=1, le=100_000)
    tokens: int | None = Field(default=None, ge=1)
    usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    wall_s: float | None = Field(default=_DEFAULTS.limits.wall_s, gt=0, allow_inf_nan=False)
    sandbox_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)


class ModelIn(_Strict):
    """One of several models; `weight` says how often it is drawn."""

    name: Short
    weight: float = Field(default=1.0, gt=0, le=1_000)


class VerificationIn(_Strict):
    """How candidates are verified and chosen among."""

    without: list[Short] = Field(
        default=[],
        max_length=len(OPTIONAL),
        description=f"rungs that are left out, of: {', '.join(OPTIONAL)}",
    )
    model: Short | None = Field(
        default=None,
        description="who writes tests, reviews and judges; null: `judge`, else the model of an "
        "`llm` policy, else nobody",
    )
    judge: how.JudgeKind = Field(
        default=_DEFAULTS.verification.judge,
        description="two at a time in both orders; the same, after running code; after a debate",
    )
    tests: int = Field(
        default=_DEFAULTS.verification.tests,
        ge=0,
        le=32,
        description="tests asked of the model before the search",
    )
    probes: int = Field(
        default=_DEFAULTS.verification.probes,
        ge=0,
        le=16,
        description="most inputs tried to tell two candidates apart",
    )
    most: int = Field(
        default=_DEFAULTS.verification.most,
        ge=1,
        le=64,
        description="candidates that are verified, the most valued first",
    )
    threshold: float = Field(
        default=_DEFAULTS.verification.threshold,
        ge=0,
        le=1,
        description="below this confidence the search abstains",
    )

    def settings(self) -> how.Verification:
        values = self.model_dump(exclude={"without"})
        return how.Verification(**values, without=tuple(self.without))


class SearchOptions(_Strict):
    """How to search."""

    strategy: Short = _DEFAULTS.strategy
    options: dict[str, float | Short] = Field(
        default={}, max_length=32, description="the strategy's parameters: GET /v1/strategies"
    )
    policy: list[Short] = Field(default=list(_DEFAULTS.policy), min_length=1, max_length=8)
    value: Short = _DEFAULTS.value
    seed: int = Field(default=_DEFAULTS.seed, ge=0, lt=2**63)
    width: int = Field(default=_DEFAULTS.width, ge=1, le=64)
    max_depth: int = Field(default=_DEFAULTS.max_depth, ge=1, le=64)
    max_breadth: int | None = Field(default=_DEFAULTS.max_breadth, ge=1, le=10_000)
    candidates: int = Field(default=_DEFAULTS.candidates, ge=1, le=64)
    patience: int = Field(default=_DEFAULTS.patience, ge=0)
    limits: LimitsIn = LimitsIn()
    model: Short | None = None
    models: list[ModelIn] = Field(default=[], max_length=16)
    temperature: float = Field(default=_DEFAULTS.temperature, gt=0, le=2)
    max_reply_tokens: int = Field(default=_DEFAULTS.max_reply_tokens, ge=1, le=100_000)
    judge: Short | None = Field(
        default=None, description="the model that `llm_judge` and `hybrid` ask; null: `model`"
    )
    edit_form: how.EditForm = Field(
        default=_DEFAULTS.edit_form,
        description="how a model writes edits: blocks of text, or function calls where it can",
    )
    rerank: bool = Field(
        default=_DEFAULTS.rerank,
        description="let the model put the likeliest places first, in one call",
    )
    surrogate: Short = Field(
        default=_DEFAULTS.surrogate,
        description="what guesses which tests to run first: none, history or llm",
    )
    verification: VerificationIn = VerificationIn()

    def settings(self) -> how.SearchSettings:
        values = self.model_dump(exclude={"limits", "policy", "models", "verification"})
        return how.SearchSettings(
            **values,
            policy=tuple(self.policy),
            models=tuple(how.WeightedModel(**model.model_dump()) for model in self.models),
            limits=how.Limits(**self.limits.model_dump()),
            verification=self.verification.settings(),
        )


class IssueIn(_Strict):
    """A problem in the shape of SWE-bench, without what only a grader may know."""

    repo: Short = Field(description="owner/name, an https URL, or upload:<sha256>")
    base_commit: Short
    problem_statement: Text = Field(min_length=1)
    hints_text: Text = ""
    environment: EnvironmentIn = EnvironmentIn()
    workload: WorkloadIn | None = None
    search: SearchOptions = SearchOptions()
    candidates: list[CandidateIn] = Field(
        default=[],
        max_length=256,
        description="patches to choose among; they alone compete unless `search.policy` is given, "
        "and then they come first",
    )

    @model_validator(mode="before")
    @classmethod
    def _no_gold(cls, data: Any) -> Any:
        known = sorted(gold_fields(data))
        if known:
            raise ValueError(
                f"{', '.join(known)}: only a grader may know this; leave it out, the search must "
                "not see it"
            )
        return data

    @model_validator(mode="after")
    def _all_can_be_tried(self) -> "IssueIn":
        names = Counter(candidate.name for candidate in self.candidates)
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise ValueError(
                f"candidates: {twice[0]!r} is named twice; give each a name of its own"
            )
        if EXTERNAL in self.search.policy and not self.candidates:
            raise ValueError(f"search.policy: {EXTERNAL} needs patches; list them in candidates")
        breadth = self.search.max_breadth
        if breadth is not None and breadth < len(self.candidates):
            raise ValueError("search.max_breadth: must not be less than there are candidates")
        nodes = self.search.limits.nodes
        if nodes is not None and nodes < len(self.candidates):
            raise ValueError(
                f"search.limits.nodes: {nodes} is less than the {len(self.candidates)} candidates; "
                "raise it, or give null"
            )
        return self

    def settings(self) -> how.SearchSettings:
        """How to search: candidates alone compete, unless a policy is named beside them."""
        settings, given = self.search.settings(), len(self.candidates)
        if not given:
            return settings
        named = "policy" in self.search.model_fields_set
        return beginning_with(settings, given) if named else choosing(settings, given)

    def issue(self) -> domain.Issue:
        return domain.Issue(
            repo=self.repo,
            base_commit=self.base_commit,
            problem_statement=self.problem_statement,
            hints_text=self.hints_text,
            environment=domain.Environment(
                requirements=tuple(self.environment.requirements), image=self.environment.image
            ),
            workload=slow.Workload(**self.workload.model_dump()) if self.workload else None,
            candidates=tuple(
                domain.External(name=given.name, patch=given.patch.encode("utf-8"))
                for given in self.candidates
            ),
        )


def gold_fields(document: Any) -> set[str]:
    """Names of fields, at any depth, that only a grader may know. A candidate is its own ``patch``,
    which is no gold."""
    found: set[str] = set()
    waiting: list[tuple[Any, bool]] = [(document, False)]
    while waiting:
        value, is_candidate = waiting.pop()
        if isinstance(value, dict):
            gold = {name for name in value if str(name).lower() in _GRADERS}
            found |= gold - {"patch"} if is_candidate else gold
            waiting += [(v, name == "candidates") for name, v in value.items()]
        elif isinstance(value, list):
            waiting += [(item, is_candidate) for item in value]
    return found


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
