"""Scenes to judge, and a judge that counts what it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agents.domain import Issue, Note, Plan, Preparation, Reproduction, TestStatus
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import Price
from agents.llm.protocol import Reply, Request
from agents.llm.scripted import Line, ScriptedModel
from agents.value.llm_judge import LlmJudge
from agents.value.protocol import Evidence, Scene

REPRODUCTION = Reproduction(
    targets=("issue::1", "issue::2"),
    guards=("issue::3",),
    failures={"issue::1": "AssertionError: assert 2 == 1"},
)
SCENE = Scene(
    search="s",
    trial=4,
    issue=Issue(repo="r", base_commit="c", problem_statement="low(2, 1) gives 2, not 1."),
    preparation=Preparation(base="b", commit="c", environment="e", reproduction=REPRODUCTION),
    summary="return a → return b",
    patch=b"-    return a\n+    return b\n",
    step=b"-    return a\n+    return b\n",
    evidence=Evidence(
        tests={"issue::1": "passed", "issue::2": "failed", "issue::3": "passed"},
        failures={"issue::2": "ValueError: not that"},
    ),
    seed="7:4",
)
NOTED = replace(
    SCENE,
    patch=b"",
    step=b"",
    evidence=Evidence(),
    note=Note(text="Repair low", plans=(Plan(steps=("return the smaller one",)),)),
    prior=0.25,
)


def ran(*statuses: TestStatus, regressions: tuple[str, ...] = ()) -> Scene:
    """The scene in which targets and guard ended so."""
    asked = (*REPRODUCTION.targets, *REPRODUCTION.guards)
    tests = dict(zip(asked, statuses, strict=True))
    return replace(SCENE, evidence=Evidence(tests=tests, regressions=regressions))


SOLVED = ran("passed", "passed", "passed")
REGRESSED = ran("passed", "passed", "passed", regressions=("t::a",))
BROKEN_GUARD = ran("passed", "failed", "failed")


@dataclass
class Judged:
    """A scripted judge with a journal of its own."""

    replies: Sequence[str | Line]
    price: Price | None = None
    requests: list[Request] = field(default_factory=list)
    store: MemoryCallStore = field(default_factory=MemoryCallStore)

    def __post_init__(self) -> None:
        self._script = ScriptedModel(self.replies)

    def complete(self, request: Request) -> Reply:
        self.requests.append(request)
        return self._script.complete(request)

    @property
    def judge(self) -> LlmJudge:
        return LlmJudge(Journal(self, self.store, self.price), "m")
