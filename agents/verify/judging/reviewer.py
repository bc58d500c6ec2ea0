"""The reviewer that marks a candidate against what the issue demands.

The demands are listed first, from the issue alone and once for all candidates. Then each is marked
for one candidate: met, not met or unknown, with a place in the diff or in the excerpts that shows
it. The belief follows from the marks; no number of the model's own is asked for:

    belief = (met + unknown / 2 + 1) / (demands + 2)     halved where any demand is not met

which is Laplace's rule with an unknown mark as half of one: all unknown gives 1/2. What tests said
is not shown, so that a review is evidence of its own; nor is anything that the author said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.domain import Ceiling
from agents.llm.clipping import clip
from agents.llm.journal import Journal
from agents.selection.evidence import Demand, Review
from agents.verify.judging.demands import LIST_TOKENS, Demands, listed
from agents.verify.judging.diffs import diff_places, numbered
from agents.verify.judging.marks import FORM, read_marks
from agents.verify.judging.places import Places, excerpt_places
from agents.verify.judging.prompts import render
from agents.verify.judging.showing import CONTEXT_TOKENS, FRAME_TOKENS, NOTHING, told
from agents.verify.judging.talk import REPAIR_TOKENS, Voice
from agents.verify.panel import Brief, Case, Reviewed

CALLS = 4
"""One for the demands and one for the marks, and each once more where it cannot be read."""
DIFF_TOKENS = 1_000


@dataclass(slots=True)
class LlmReviewer:
    """For one search. Thread-safe when its journal is; it remembers the demands that it listed."""

    journal: Journal
    model: str
    max_tokens: int = 400
    """Most tokens of one reply."""
    name: str = "llm"
    _demands: Demands = field(init=False)

    def __post_init__(self) -> None:
        self._demands = Demands(self._voice)

    @property
    def ceiling(self) -> Ceiling:
        """All calls at their longest."""
        shown = CONTEXT_TOKENS + FRAME_TOKENS + LIST_TOKENS
        return self._voice.ceiling(CALLS, shown + self.max_tokens + REPAIR_TOKENS)

    def review(self, case: Case, brief: Brief) -> Reviewed:
        """None where the demands or the marks could not be read. Raises: ModelError."""
        demands, usage = self._demands.of(case)
        if not demands:
            return Reviewed(usage=usage)
        diff = clip(numbered(brief.patch), DIFF_TOKENS) or NOTHING
        text = render("marks", told=told(case), demands=listed(demands), diff=diff)
        talk = self._voice.talk(case, render("marks_system"), text)
        places = known_places(case, brief)
        marks = talk.read(lambda reply: read_marks(reply, demands, places), FORM)
        usage += talk.usage
        if marks is None:
            return Reviewed(usage=usage)
        review = Review(option=brief.key, demands=marks, belief=belief_of(marks))
        return Reviewed(review=review, usage=usage)

    @property
    def _voice(self) -> Voice:
        return Voice(self.journal, self.model, self.max_tokens)


def belief_of(demands: Sequence[Demand]) -> float:
    """That all demands are met, in (0, 1), from their marks: see the module."""
    met = sum(demand.met is True for demand in demands)
    unknown = sum(demand.met is None for demand in demands)
    share = (met + unknown / 2 + 1) / (len(demands) + 2)
    return share / 2 if met + unknown < len(demands) else share


def known_places(case: Case, brief: Brief) -> Places:
    """What may be named: lines of the diff, and of the excerpts that were shown."""
    found = excerpt_places(case.code)
    for path, lines in diff_places(brief.patch).items():
        found.setdefault(path, set()).update(lines)
    return found
