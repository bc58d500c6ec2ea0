"""The value function that asks a language model: a number in [0, 1], and a paragraph.

Execution is truth, the model's word is not:

    value = 1                  where `agents.value.progress` is 1: all that was asked for is done
    value = min(judge, 0.99)   otherwise

so a solved state is never worth less than one that is not. Of a solved state the model is not
asked: its word could change nothing.

A reply without a number in [0, 1] goes back to the model once. After that the value is
`agents.value.progress`, and the parts say so. The paragraph is hindsight for later attempts at the
same place, as in SWE-Search (Antoniades et al. 2024, section 3.3); unlike there, it is not asked to
call for something new. For a note (where to look, what to do) the number is a process reward:
nothing can be run.
"""

from dataclasses import dataclass

from agents.domain import Ceiling, Usage
from agents.llm.caller import JUDGE, Caller
from agents.llm.journal import Journal
from agents.llm.protocol import Message, Request
from agents.value.judgement import Judgement, read_judgement
from agents.value.progress import Progress
from agents.value.prompts import judge_prompt, repair_prompt
from agents.value.protocol import Estimate, Scene

CALLS = 2
"""The first try and one more."""

PROMPT_TOKENS = 3_200
"""Most that one call reads, a repair with the first reply in it included."""

UNSOLVED_MOST = 0.99

UNUSABLE = "llm_judge_unusable"
"""In the parts: 1 where the model was asked and gave no number."""


@dataclass(frozen=True, slots=True)
class LlmJudge:
    """Thread-safe when its journal is; holds no state of its own."""

    journal: Journal
    model: str
    temperature: float = 0.0
    """In [0, 2]. One opinion of each state is wanted, not a sample of opinions."""
    max_tokens: int = 320
    """Most tokens of one reply."""
    context_tokens: int = 2_000
    """About how much of the scene is shown."""
    name: str = "llm_judge"

    @property
    def ceiling(self) -> Ceiling:
        """Both calls at their longest."""
        price, prompt, written = self.journal.price, CALLS * PROMPT_TOKENS, CALLS * self.max_tokens
        usd = None if price is None else price.cost(prompt, 0, written)
        return Ceiling(tokens=prompt + written, usd=usd)

    def estimate(self, scene: Scene) -> Estimate:
        """See the module. Parts: `llm_judge`, or `llm_judge_unusable`; and `progress`.

        Raises: ModelError.
        """
        executed = Progress().estimate(scene)
        if scene.note is None and executed.value >= 1.0:
            return executed
        judgement, usage = self._asked(scene)
        if judgement is None:
            parts = {**executed.parts, UNUSABLE: 1.0}
            value = min(executed.value, UNSOLVED_MOST)
            return Estimate(value=value, parts=parts, usage=usage)
        value = min(judgement.value, UNSOLVED_MOST)
        return Estimate(
            value=value,
            parts={**executed.parts, self.name: value},
            critique=judgement.critique,
            usage=usage,
        )

    def _asked(self, scene: Scene) -> tuple[Judgement | None, Usage]:
        """The judgement, if the model can be brought to one, and what asking cost."""
        caller = Caller(self.journal, scene.search, scene.trial, JUDGE)
        messages = judge_prompt(scene, self.context_tokens)
        first = caller.ask(self._request(messages))
        read = read_judgement(first.text)
        if isinstance(read, Judgement):
            return read, caller.usage
        messages = repair_prompt(messages, first.text, read.problem, self.max_tokens)
        second = read_judgement(caller.ask(self._request(messages)).text)
        if not isinstance(second, Judgement):
            return None, caller.usage
        return Judgement(second.value, read.critique or second.critique), caller.usage

    def _request(self, messages: tuple[Message, ...]) -> Request:
        return Request(
            model=self.model,
            messages=messages,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
        )
