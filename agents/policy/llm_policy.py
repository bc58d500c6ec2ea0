"""The policy that asks a language model: for an edit, for the place of the fault, or for plans.

An edit comes as SEARCH/REPLACE blocks or by function calls. What cannot be used goes back to the
model once, with the reason and what it probably meant; after that it is `Unusable`, billed and
counted. Every call is journalled under (search, trial, 0, 1, 2, …).
"""

from dataclasses import dataclass
from typing import ClassVar

from agents.domain import Ceiling
from agents.errors import ModelNotFound
from agents.llm.caller import Caller
from agents.llm.weighted import WeightedJournal, drawn
from agents.policy.by_blocks import by_blocks
from agents.policy.by_tools import ROUNDS, TALK_TOKENS, by_tools
from agents.policy.conversation import Conversation
from agents.policy.locating import locate
from agents.policy.planning import plan
from agents.policy.prompts import RETRY_TOKENS
from agents.policy.protocol import Position, Proposal
from agents.settings import EditForm
from sandbox.protocol import States

CALLS = 2
"""The first try and one more, wherever no functions are called."""

MAX_TEMPERATURE = 2.0
"""Of the chat-completions protocol."""


@dataclass(frozen=True, slots=True)
class LlmPolicy:
    """Thread-safe; holds no state of its own. It has always another sample."""

    models: tuple[WeightedJournal, ...]
    """One at least. The position says which is to answer, or one is drawn by weight."""
    temperature: float = 0.8
    """Above 0: siblings are samples of one prompt and must differ."""
    max_tokens: int = 768
    """Most tokens of one reply."""
    context_tokens: int = 3000
    """About how long the first prompt may be. What follows is longer (see `longest_prompt`): the
    server's context window must hold that and `max_tokens`, and half as much again where the
    estimate of 4 characters a token is too low."""
    edit_form: EditForm = "blocks"
    name: str = "llm"

    endless: ClassVar[bool] = True
    """There is always another sample, and asking costs money: see `MixedPolicy`."""

    def __post_init__(self) -> None:
        if not self.models:
            raise ValueError("the policy needs at least one model")
        if not 0 < self.temperature <= MAX_TEMPERATURE:
            raise ValueError(f"temperature must be in (0, 2], not {self.temperature}")

    @property
    def longest_prompt(self) -> int:
        """Most tokens that one call reads, by estimate."""
        follows = TALK_TOKENS if self.edit_form == "tools" else self.max_tokens + RETRY_TOKENS + 100
        return int(self.context_tokens * 1.05) + follows

    @property
    def ceiling(self) -> Ceiling:
        """All calls at their longest, by the dearest model."""
        calls = ROUNDS if self.edit_form == "tools" else CALLS
        prompt, written = calls * self.longest_prompt, calls * self.max_tokens
        prices = [model.journal.price for model in self.models]
        costs = [price.cost(prompt, 0, written) for price in prices if price is not None]
        return Ceiling(
            tokens=prompt + written, usd=max(costs) if len(costs) == len(prices) else None
        )

    def propose(self, position: Position, states: States) -> Proposal:
        """What the stage of `position` asks for. Raises: ModelError."""
        talk = self._talk(position)
        match position.stage:
            case "localise":
                return locate(talk, position, states, self.context_tokens)
            case "plan":
                return plan(talk, position, states, self.context_tokens)
            case "edit":
                write = by_tools if self.edit_form == "tools" else by_blocks
                return write(talk, position, states, self.context_tokens)

    def _talk(self, position: Position) -> Conversation:
        model = self._model(position)
        return Conversation(
            caller=Caller(model.journal, position.search, position.trial),
            model=model.name,
            seed=position.seed,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
        )

    def _model(self, position: Position) -> WeightedJournal:
        if position.arm is None:
            return drawn(self.models, position.seed)
        found = next((model for model in self.models if model.name == position.arm), None)
        if found is None:
            raise ModelNotFound(f"the model {position.arm!r} is not one of this search's")
        return found
