"""Two candidates before a judge, and one before a reviewer: what both say goes into the pool."""

from collections.abc import Callable
from dataclasses import dataclass

from agents.domain import Ceiling
from agents.errors import ModelError
from agents.selection.evidence import Rung
from agents.selection.posterior import Posterior
from agents.verify.actions import CALL_S, note_pair, rivals, untried_pair
from agents.verify.inquiry import Inquiry
from agents.verify.panel import Brief, Case, Judge, Reviewer
from agents.verify.scripts import Scripts, spent_since


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """The leader and another, in both orders."""

    judge: Judge
    case: Case
    scripts: Scripts
    brief: Callable[[str], Brief]
    rung: Rung = "judge"

    @property
    def ceiling(self) -> Ceiling:
        return self.judge.ceiling

    def target(self, inquiry: Inquiry, found: Posterior) -> tuple[str, ...] | None:
        return untried_pair("judge", inquiry, found)

    def seconds(self, inquiry: Inquiry) -> float:  # noqa: ARG002 - the same for any pair
        return 2 * CALL_S

    def take(self, inquiry: Inquiry, target: tuple[str, ...]) -> None:
        """Raises: ModelError also where only a part of the comparison could be made: that is kept."""
        note_pair("judge", inquiry, target)
        first, second = target
        before = self.scripts.usage
        try:
            told = self.judge.compare(
                self.case, self.brief(first), self.brief(second), self.scripts.run
            )
        finally:
            inquiry.book("judge", spent_since(before, self.scripts))
        inquiry.book("judge", told.usage)
        inquiry.add_judgements([j for j in told.judgements if {*j.shown} == {first, second}])
        if any({*j.shown} != {first, second} for j in told.judgements):
            inquiry.skip("judge: a comparison of others than were shown was dropped")
        if told.failed:
            raise ModelError(told.failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOne:
    """The most probable candidate that nobody has reviewed."""

    reviewer: Reviewer
    case: Case
    brief: Callable[[str], Brief]
    rung: Rung = "review"

    @property
    def ceiling(self) -> Ceiling:
        return self.reviewer.ceiling

    def target(self, inquiry: Inquiry, found: Posterior) -> tuple[str, ...] | None:
        keys = rivals(inquiry, found)
        return next(((key,) for key in keys if ("review", key) not in inquiry.tried), None)

    def seconds(self, inquiry: Inquiry) -> float:  # noqa: ARG002 - the same for any candidate
        return CALL_S

    def take(self, inquiry: Inquiry, target: tuple[str, ...]) -> None:
        (key,) = target
        inquiry.tried.add(("review", key))
        told = self.reviewer.review(self.case, self.brief(key))
        inquiry.book("review", told.usage)
        if told.review is None:
            inquiry.skip("review: a reply that could not be read does not count")
        elif told.review.option != key:
            inquiry.skip("review: a review of another candidate than was shown was dropped")
        else:
            inquiry.add_review(told.review)
