"""The policy that asks a language model for one edit.

One prompt, one reply, read as SEARCH/REPLACE blocks. A reply that cannot be used goes back to the
model once, with the reason and the lines that it probably meant; after that it is `Unusable`,
billed and counted. Every call is journalled under (search, trial, 0 or 1).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from agents.domain import Ceiling, Edit
from agents.llm.caller import Caller
from agents.llm.journal import Journal
from agents.llm.protocol import Message, Reply, Request
from agents.policy.compile_check import compile_problem
from agents.policy.edit_formats import EditProblem, ParsedEdit, parse_edit
from agents.policy.edit_summary import summarise
from agents.policy.prompts import first_prompt, retry_prompt
from agents.policy.protocol import Exhausted, Position, Proposal, Proposed, Unusable
from sandbox.protocol import States

CALLS = 2
"""The first try and one more."""

PROMPT_TOKENS = 4_400
"""Most that one call reads, a repair with the first reply in it included."""

MAX_TEMPERATURE = 2.0
"""Of the chat-completions protocol."""


@dataclass(frozen=True, slots=True)
class LlmPolicy:
    """Thread-safe; holds no state of its own. Never `Exhausted`."""

    journal: Journal
    model: str
    temperature: float = 0.8
    """Above 0: siblings are samples of one prompt and must differ."""
    max_tokens: int = 768
    """Most tokens of one reply."""
    context_tokens: int = 3000
    """About how long the first prompt may be. The second holds the first reply and up to 400
    tokens more: the server's context window must hold `context_tokens` + 2 * `max_tokens` + 500,
    and half as much again where the estimate of 4 characters a token is too low."""
    name: str = "llm"

    endless: ClassVar[bool] = True
    """There is always another sample, and asking costs money: see `MixedPolicy`."""

    def __post_init__(self) -> None:
        if not 0 < self.temperature <= MAX_TEMPERATURE:
            raise ValueError(f"temperature must be in (0, 2], not {self.temperature}")

    @property
    def ceiling(self) -> Ceiling:
        """Both calls at their longest."""
        price, prompt, written = self.journal.price, CALLS * PROMPT_TOKENS, CALLS * self.max_tokens
        usd = None if price is None else price.cost(prompt, 0, written)
        return Ceiling(tokens=prompt + written, usd=usd)

    def propose(self, position: Position, states: States) -> Proposal:
        """One edit for `position.state`. Raises: ModelError."""
        if position.stage != "edit":
            return Exhausted()
        messages, excerpts = first_prompt(position, states, self.context_tokens)
        shown = tuple(dict.fromkeys(excerpt.path for excerpt in excerpts))
        caller = Caller(self.journal, position.search, position.trial)
        for ordinal in range(CALLS):
            reply = caller.ask(self._request(position, ordinal, messages))
            result = _read(reply, position, states, shown)
            if isinstance(result, ParsedEdit):
                return Proposed(
                    edit=self._edit(result.changes, position, states), usage=caller.usage
                )
            problem = result
            messages = retry_prompt(
                messages, reply.text, problem.feedback, shown[0] if shown else ""
            )
        return Unusable(reason=problem.reason, feedback=problem.feedback, usage=caller.usage)

    def _request(self, position: Position, ordinal: int, messages: tuple[Message, ...]) -> Request:
        return Request(
            model=self.model,
            messages=messages,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            seed=call_seed(position.seed, ordinal),
        )

    def _edit(
        self, changes: Mapping[str, bytes | None], position: Position, states: States
    ) -> Edit:
        before = {path: states.read(position.state, path) for path in changes}
        return Edit(changes=changes, summary=summarise(before, changes), origin=f"llm:{self.model}")


def call_seed(seed: str, ordinal: int) -> int:
    """A number in [0, 2**31) for one call of the trial that `seed` belongs to."""
    digest = hashlib.sha256(f"{seed}:{ordinal}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _read(
    reply: Reply, position: Position, states: States, shown: tuple[str, ...]
) -> ParsedEdit | EditProblem:
    def read(path: str) -> bytes | None:
        return states.read(position.state, path)

    result = parse_edit(reply.text, read, states.paths(position.state), shown)
    if isinstance(result, EditProblem):
        return _cut_off(result) if reply.finish_reason == "length" else result
    return compile_problem(result.changes, read) or result


def _cut_off(problem: EditProblem) -> EditProblem:
    text = f"The reply was too long and was cut off. {problem.feedback}"
    return EditProblem(problem.reason, text)
