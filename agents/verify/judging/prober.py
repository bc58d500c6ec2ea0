"""The prober that asks a model for inputs on which two candidates differ (S*, Li et al. 2025).

Which output is right is asked without a word of the candidates: the outputs are sorted and then
shuffled by what they are, so that their order tells nothing of who gave which.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from agents.domain import Ceiling
from agents.llm.clipping import clip
from agents.llm.journal import Journal
from agents.verify.judging.orders import pair_text
from agents.verify.judging.outputs import read_output
from agents.verify.judging.prompts import render
from agents.verify.judging.scripts import outputs as as_shown
from agents.verify.judging.scripts import scripts
from agents.verify.judging.showing import CONTEXT_TOKENS, FRAME_TOKENS, told
from agents.verify.judging.talk import REPAIR_TOKENS, Unreadable, Voice
from agents.verify.panel import Brief, Case, Expected, Inputs

CALLS = 4
"""One for inputs and one for the right output, and each once more where it cannot be read."""
SCRIPT_TOKENS = 400
OUTPUTS_TOKENS = 700
"""Of all outputs together; each has the same share."""
SCRIPTS_FORM = "one or more Python scripts that print, each in a ```python block of its own"
OUTPUT_FORM = "the one line: `OUTPUT: ` and the number of the right output, or `OUTPUT: NONE`"


@dataclass(frozen=True, slots=True)
class LlmProber:
    """Thread-safe when its journal is; holds no state of its own."""

    journal: Journal
    model: str
    max_tokens: int = 500
    """Most tokens of one reply."""
    context_tokens: int = CONTEXT_TOKENS
    name: str = "llm"

    @property
    def ceiling(self) -> Ceiling:
        """All calls at their longest, for inputs once and for one set of outputs."""
        longest = self.context_tokens + FRAME_TOKENS + self.max_tokens + REPAIR_TOKENS
        return self._voice.ceiling(CALLS, longest)

    def inputs(self, case: Case, first: Brief, second: Brief, number: int) -> Inputs:
        """Up to `number` scripts, all different; none where no reply held one. Raises: ModelError."""
        if number < 1:
            return Inputs()
        text = pair_text(case, first, second, self.context_tokens, "inputs", number=number)
        talk = self._voice.talk(case, render("inputs_system"), text)
        found = talk.read(_scripts, SCRIPTS_FORM) or ()
        return Inputs(scripts=found[:number], usage=talk.usage)

    def expected(self, case: Case, script: str, outputs: Sequence[str]) -> Expected:
        """The right one, as an index into `outputs`; None where none is, where no reply could be
        read, and where the outputs differ in nothing that can be shown. Raises: ModelError."""
        order = shuffled(script, outputs)
        each = OUTPUTS_TOKENS // max(1, len(order))
        listed = as_shown(order, each)
        if not listed or len(set(listed)) < len(order):
            return Expected()
        text = render(
            "expected",
            told=told(case, self.context_tokens),
            script=clip(script.strip(), SCRIPT_TOKENS),
            outputs=listed,
        )
        talk = self._voice.talk(case, render("expected_system"), text)
        found = talk.read(lambda reply: read_output(reply, len(order)), OUTPUT_FORM)
        right = None if not found else list(outputs).index(order[found - 1])
        return Expected(output=right, usage=talk.usage)

    @property
    def _voice(self) -> Voice:
        return Voice(self.journal, self.model, self.max_tokens)


def shuffled(script: str, outputs: Sequence[str]) -> list[str]:
    """Different outputs in an order that follows from the script and from them alone."""
    order = sorted(set(outputs))
    seed = hashlib.sha256("\0".join((script, *order)).encode("utf-8", "replace")).hexdigest()
    Random(seed).shuffle(order)  # noqa: S311  (no secret)
    return order


def _scripts(reply: str) -> tuple[str, ...] | Unreadable:
    return scripts(reply) or Unreadable("it has no Python script that prints something")
