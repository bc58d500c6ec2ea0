"""A model's order of the likeliest places, asked for once before the first trial."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agents.domain import Ceiling, Issue, Preparation
from agents.llm.caller import PREPARING, Caller
from agents.llm.journal import Journal
from agents.llm.protocol import Message, Request
from agents.localise.rerank import TOKENS, reranked

MAX_TOKENS = 120
"""Of the reply: twenty numbers, and a few words around them."""

PROMPT_TOKENS = int(TOKENS * 1.05)
"""Most that the call reads, by the model's own count, which may be a little more than ours."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Asks `model`, by way of the journal, under the trial number `PREPARING`."""

    journal: Journal
    model: str

    @property
    def ceiling(self) -> Ceiling:
        """The one call at its longest."""
        price = self.journal.price
        usd = None if price is None else price.cost(PROMPT_TOKENS, 0, MAX_TOKENS)
        return Ceiling(tokens=PROMPT_TOKENS + MAX_TOKENS, usd=usd)

    def ranked(
        self, search: str, issue: Issue, prepared: Preparation, sources: Mapping[str, str]
    ) -> Preparation:
        """`prepared` with its functions in the model's order and the call booked.

        `sources`: path → text of the files that the functions lie in. Raises: ModelError.
        """
        caller = Caller(self.journal, search, PREPARING)

        def ask(messages: tuple[Message, ...]) -> str:
            request = Request(
                model=self.model, messages=messages, temperature=0.0, max_tokens=MAX_TOKENS, seed=0
            )
            return caller.ask(request).text

        where, failures = prepared.localisation, prepared.reproduction.failures
        places = reranked(
            issue.problem_statement, tuple(failures.values()), where.functions, sources, ask
        )
        return replace(
            prepared,
            localisation=replace(where, functions=places),
            usage=prepared.usage + caller.usage,
        )
