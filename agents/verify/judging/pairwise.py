"""The judge that is asked twice: once with one candidate first, once with the other.

Both orders, because models favour a place (Wang et al. 2023, "Large language models are not fair
evaluators"). Each judgement names the keys of its own request's A and B. An order whose replies
cannot be read brings no judgement: it is no vote for anybody.
"""

from dataclasses import dataclass

from agents.domain import Ceiling, Usage
from agents.llm.journal import Journal
from agents.selection.pool import Judgement
from agents.verify.judging.choices import FORM, read_choice
from agents.verify.judging.orders import in_both_orders, judgement, pair_text
from agents.verify.judging.prompts import render
from agents.verify.judging.showing import CONTEXT_TOKENS, FRAME_TOKENS
from agents.verify.judging.talk import REPAIR_TOKENS, Voice
from agents.verify.panel import Brief, Case, Judged, Run

CALLS = 4
"""Two orders, and each once more where its reply cannot be read."""


@dataclass(frozen=True, slots=True)
class PairwiseJudge:
    """Thread-safe when its journal is; holds no state of its own."""

    journal: Journal
    model: str
    max_tokens: int = 240
    """Most tokens of one reply."""
    context_tokens: int = CONTEXT_TOKENS
    name: str = "pairwise"

    @property
    def ceiling(self) -> Ceiling:
        """All calls at their longest."""
        longest = self.context_tokens + FRAME_TOKENS + self.max_tokens + REPAIR_TOKENS
        return Voice(self.journal, self.model, self.max_tokens).ceiling(CALLS, longest)

    def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:  # noqa: ARG002
        """At most one judgement for each order. Raises: ModelError."""
        return in_both_orders(self._one, case, first, second)

    def _one(self, case: Case, a: Brief, b: Brief) -> tuple[Judgement | None, Usage]:
        voice = Voice(self.journal, self.model, self.max_tokens)
        text = pair_text(case, a, b, self.context_tokens)
        talk = voice.talk(case, render("pair_system"), text)
        found = talk.read(read_choice, FORM)
        return judgement(found, a, b, self.name), talk.usage
