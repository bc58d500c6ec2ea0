"""What broke under earlier edits of this search, and above all under edits of the same place. Free.

A test's weight is the sum over the earlier edits that it failed on: `SAME_PLACE` for one that
changed lines which this one changes too, `SAME_FILE` for one of the same file, `ELSEWHERE`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.domain import Ceiling, Outcome
from agents.surrogate.patch_places import Span, overlap, places
from agents.surrogate.protocol import FREE, Guess, Question

SAME_PLACE, SAME_FILE, ELSEWHERE = 4, 2, 1


@dataclass(frozen=True, slots=True)
class History:
    """Names the one test that is likeliest to break: each further one would have to be asked on
    the base as well, and saved less than that in what was measured.
    """

    name: str = "history"
    ceiling: Ceiling = FREE

    def guess(self, question: Question) -> Guess:
        """Nothing before any test of the repository failed."""
        return Guess(passes=dict.fromkeys(often_broken(question)[:1], False))


def often_broken(question: Question) -> tuple[str, ...]:
    """Tests that failed on earlier edits, by weight; among equals, the first to fail."""
    here = places(question.patch)
    weights: Counter[str] = Counter()
    for outcome in question.earlier:
        weight = _weight(here, places(outcome.patch)) if outcome.regressions else 0
        for test in _failed(outcome):
            weights[test] += weight
    return tuple(test for test, _ in weights.most_common())


def _failed(outcome: Outcome) -> list[str]:
    """Those that were seen to fail: what a run never came to says nothing."""
    return [test for test in outcome.regressions if outcome.tests.get(test) in {"failed", "error"}]


def _weight(here: Mapping[str, Sequence[Span]], there: Mapping[str, Sequence[Span]]) -> int:
    shared = here.keys() & there.keys()
    if any(overlap(here[path], there[path]) for path in shared):
        return SAME_PLACE
    return SAME_FILE if shared else ELSEWHERE
