"""The judge that runs code before it decides (CodeMonkeys, Ehrlich et al. 2025, section on selection).

    scene ─▶ script ─▶ outputs of both ─▶ script ─▶ outputs of both ─▶ CHOICE

For each order of the candidates a trajectory of its own. A reply with a script and a choice is a
script while one may still be run: what was run goes before what was guessed.
"""

from dataclasses import dataclass

from agents.domain import Ceiling, Usage
from agents.llm.journal import Journal
from agents.selection.pool import Judgement
from agents.verify.judging.choices import FORM, Choice, read_choice
from agents.verify.judging.orders import in_both_orders, judgement, pair_text
from agents.verify.judging.prompts import render
from agents.verify.judging.scripts import outputs, scripts
from agents.verify.judging.showing import CONTEXT_TOKENS, FRAME_TOKENS
from agents.verify.judging.talk import REPAIR_TOKENS, Talk, Voice
from agents.verify.panel import Brief, Case, Judged, Run

SCRIPTS = 2
"""Most that are run in one trajectory."""
CALLS = 2 * (SCRIPTS + 2)
"""Two trajectories: a call for each script, one that decides, and one where that cannot be read."""
OUTPUT_TOKENS = 300
"""Of what a script printed on one candidate."""
SCRIPT_FORM = "a Python script that prints, in a ```python block"
TURN_TOKENS = 2 * OUTPUT_TOKENS + 80


@dataclass(frozen=True, slots=True)
class SelectionTrajectory:
    """Thread-safe when its journal is; holds no state of its own."""

    journal: Journal
    model: str
    max_tokens: int = 400
    """Most tokens of one reply."""
    context_tokens: int = CONTEXT_TOKENS
    name: str = "selection"

    @property
    def ceiling(self) -> Ceiling:
        """All calls at their longest."""
        talk = SCRIPTS * (self.max_tokens + TURN_TOKENS) + self.max_tokens + REPAIR_TOKENS
        longest = self.context_tokens + FRAME_TOKENS + talk
        return Voice(self.journal, self.model, self.max_tokens).ceiling(CALLS, longest)

    def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:
        """At most one judgement for each order. Raises: ModelError; what `run` raises."""

        def one(case: Case, a: Brief, b: Brief) -> tuple[Judgement | None, Usage]:
            talk = self._talk(case, a, b)
            return judgement(_decided(talk, a, b, run), a, b, self.name), talk.usage

        return in_both_orders(one, case, first, second)

    def _talk(self, case: Case, a: Brief, b: Brief) -> Talk:
        text = pair_text(case, a, b, self.context_tokens, "trajectory")
        voice = Voice(self.journal, self.model, self.max_tokens)
        return voice.talk(case, render("trajectory_system"), text)


def _decided(talk: Talk, a: Brief, b: Brief, run: Run) -> Choice | None:
    """Run what the model writes until it decides. What is neither a script nor a choice goes back
    once."""
    left, struck = SCRIPTS, False
    while True:
        reply = talk.ask()
        script = next(iter(scripts(reply)), None) if left else None
        if script is not None:
            left -= 1
            on_a, on_b = outputs((run(a.key, script), run(b.key, script)), OUTPUT_TOKENS)
            talk.say(render("outputs", a=on_a, b=on_b, left=left))
            continue
        found = read_choice(reply)
        if isinstance(found, Choice):
            return found
        if struck:
            return None
        struck = True
        form = f"{SCRIPT_FORM}, or {FORM}" if left else FORM
        talk.say(render("repair", problem=found.problem, form=form))
