"""What callers send: an issue, its candidates, and how to search."""

from collections import Counter
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from agents import domain
from agents import settings as how
from agents import workload as slow
from agents.policy.external_policy import NAME as EXTERNAL
from agents.policy.external_settings import beginning_with, choosing
from agents.selection.evidence import OPTIONAL

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
