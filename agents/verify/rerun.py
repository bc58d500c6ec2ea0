"""A test on which the choice hangs, run once more on candidates that it separates."""

from dataclasses import dataclass

from agents.domain import Ceiling
from agents.selection.evidence import Rung
from agents.selection.posterior import Posterior
from agents.verify.actions import front
from agents.verify.inquiry import Inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A contradiction quarantines the test: it was seen to pass and to fail on one state."""

    run_s: float
    """What one run takes, about."""
    rung: Rung = "rerun"
    ceiling: Ceiling = Ceiling()

    def target(self, inquiry: Inquiry, found: Posterior) -> tuple[str, ...] | None:
        """The heaviest test that separates candidates and was not run again yet."""
        left = [
            test.id
            for test in inquiry.pool.tests
            if test.votes and may_rerun(inquiry, test.id) and separated(inquiry, found, test.id)
        ]
        heaviest = sorted(left, key=lambda test: (-abs(found.weights[test].bits), test))
        return (heaviest[0],) if heaviest else None

    def seconds(self, inquiry: Inquiry) -> float:  # noqa: ARG002 - always two runs
        return 2 * self.run_s

    def take(self, inquiry: Inquiry, target: tuple[str, ...]) -> None:
        (test,) = target
        inquiry.tried.add(("rerun", test))
        for key in separated(inquiry, inquiry.beliefs(), test):
            state = inquiry.climbs[key].state
            if state is None:
                continue
            mark, usage = inquiry.again[test](state)
            inquiry.book("rerun", usage)
            if mark not in ("unknown", inquiry.pool.mark(test, key)):
                inquiry.quarantine(test)
                return


def may_rerun(inquiry: Inquiry, test: str) -> bool:
    """Whether a test can be run by itself, and was not before."""
    return test in inquiry.again and ("rerun", test) not in inquiry.tried


def separated(inquiry: Inquiry, found: Posterior, test: str) -> tuple[str, ...]:
    """The most probable candidates that passed and that failed a test; none where it separates
    nobody."""
    first: dict[str, str] = {}
    for option in front(inquiry, found):
        first.setdefault(inquiry.pool.mark(test, option.key), option.key)
    return (first["passed"], first["failed"]) if {"passed", "failed"} <= first.keys() else ()
