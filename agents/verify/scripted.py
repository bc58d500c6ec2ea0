"""The fakes of `agents.verify.panel`: every answer is said beforehand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agents.domain import Ceiling, Usage
from agents.selection.evidence import Review
from agents.selection.pool import Judgement
from agents.verify.extract import ReproductionTest
from agents.verify.panel import Brief, Case, Drafts, Expected, Inputs, Judged, Reviewed, Run

ONE_CALL = Usage(prompt_tokens=100, completion_tokens=10, calls=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedWriter:
    """`revised`: test id → what becomes of it."""

    tests: tuple[ReproductionTest, ...] = ()
    revised: Mapping[str, ReproductionTest] = field(default_factory=dict)
    name: str = "scripted"
    ceiling: Ceiling = Ceiling()

    def write(self, case: Case, number: int) -> Drafts:  # noqa: ARG002
        return Drafts(tests=self.tests[:number], usage=ONE_CALL)

    def revise(self, case: Case, test: ReproductionTest, problem: str) -> Drafts:  # noqa: ARG002
        found = self.revised.get(test.id)
        return Drafts(tests=() if found is None else (found,), usage=ONE_CALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedProber:
    """`right`: the output that is said to be right."""

    scripts: tuple[str, ...] = ()
    right: str = ""
    name: str = "scripted"
    ceiling: Ceiling = Ceiling()

    def inputs(self, case: Case, first: Brief, second: Brief, number: int) -> Inputs:  # noqa: ARG002
        return Inputs(scripts=self.scripts[:number], usage=ONE_CALL)

    def expected(self, case: Case, script: str, outputs: Sequence[str]) -> Expected:  # noqa: ARG002
        found = outputs.index(self.right) if self.right in outputs else None
        return Expected(output=found, usage=ONE_CALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedJudge:
    """`prefers`: of two briefs as shown, the key of the better one."""

    prefers: Callable[[Brief, Brief], str | None]
    name: str = "scripted"
    ceiling: Ceiling = Ceiling()

    def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:  # noqa: ARG002
        made = tuple(
            Judgement(shown=(a.key, b.key), preferred=self.prefers(a, b), judge=self.name)
            for a, b in ((first, second), (second, first))
        )
        return Judged(judgements=made, usage=ONE_CALL + ONE_CALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedReviewer:
    """`beliefs`: candidate → belief; without one the reply could not be read."""

    beliefs: Mapping[str, float]
    name: str = "scripted"
    ceiling: Ceiling = Ceiling()

    def review(self, case: Case, brief: Brief) -> Reviewed:  # noqa: ARG002
        belief = self.beliefs.get(brief.key)
        if belief is None:
            return Reviewed(usage=ONE_CALL)
        review = Review(option=brief.key, demands=(), belief=belief)
        return Reviewed(review=review, usage=ONE_CALL)
