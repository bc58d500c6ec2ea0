"""The judge that hears both sides (SWE-Search, Antoniades et al. 2024, section 3.4, discriminator).

    for A ─▶ for B, who has read A's argument ─▶ a third decides

In the other order the sides are swapped, so that each candidate's advocate has the last word once,
and reads the other's argument once.
"""

from dataclasses import dataclass

from agents.domain import Ceiling, Usage
from agents.llm.clipping import clip
from agents.llm.journal import Journal
from agents.selection.pool import Judgement
from agents.verify.judging.choices import FORM, Side, read_choice
from agents.verify.judging.orders import in_both_orders, judgement, pair_text
from agents.verify.judging.prompts import render
from agents.verify.judging.showing import CONTEXT_TOKENS, FRAME_TOKENS
from agents.verify.judging.talk import REPAIR_TOKENS, Talk, Voice
from agents.verify.panel import Brief, Case, Judged, Run

CALLS = 8
"""Two orders: an argument for each side, a decision, and one more where that cannot be read."""
ARGUMENT_TOKENS = 200
"""Of one argument, as the others read it."""


@dataclass(frozen=True, slots=True)
class Debate:
    """Thread-safe when its journal is; holds no state of its own."""

    journal: Journal
    model: str
    max_tokens: int = 260
    """Most tokens of one reply."""
    context_tokens: int = CONTEXT_TOKENS
    name: str = "debate"

    @property
    def ceiling(self) -> Ceiling:
        """All calls at their longest."""
        said = 2 * ARGUMENT_TOKENS + self.max_tokens + REPAIR_TOKENS
        longest = self.context_tokens + FRAME_TOKENS + said
        return Voice(self.journal, self.model, self.max_tokens).ceiling(CALLS, longest)

    def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:  # noqa: ARG002
        """At most one judgement for each order. Raises: ModelError."""
        return in_both_orders(self._one, case, first, second)

    def _one(self, case: Case, a: Brief, b: Brief) -> tuple[Judgement | None, Usage]:
        for_a, spent_a = self._argued(case, a, b, "A", "")
        for_b, spent_b = self._argued(case, a, b, "B", for_a)
        said = {"for_a": for_a, "for_b": for_b}
        text = pair_text(case, a, b, self.context_tokens, "decide", **said)
        talk = self._talk(case, render("pair_system"), text)
        found = talk.read(read_choice, FORM)
        return judgement(found, a, b, self.name), spent_a + spent_b + talk.usage

    def _argued(
        self, case: Case, a: Brief, b: Brief, side: Side, argument: str
    ) -> tuple[str, Usage]:
        """What is said for one side. `argument`: the other side's, where it spoke already."""
        sides = {"side": side, "other": "B" if side == "A" else "A"}
        text = pair_text(case, a, b, self.context_tokens, "argue", argument=argument, **sides)
        talk = self._talk(case, render("argue_system", **sides), text)
        said = clip(talk.ask().strip(), ARGUMENT_TOKENS)
        return said or "(nothing)", talk.usage

    def _talk(self, case: Case, system: str, text: str) -> Talk:
        return Voice(self.journal, self.model, self.max_tokens).talk(case, system, text)
