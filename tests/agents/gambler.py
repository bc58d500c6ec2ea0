"""A model that costs what it likes, up to the most that a policy says a call may cost."""

import random
from dataclasses import dataclass

from agents.llm.pricing import Price
from agents.llm.protocol import Reply, Request

PROMPT_TOKENS = 4_400
"""Most that one of its calls reads; below what `LlmPolicy` promises for one."""
PRICE = Price(prompt=10.0, cached=1.0, completion=30.0)


@dataclass(frozen=True, slots=True)
class Gambler:
    """Equal requests cost the same, whoever asks and whenever; two in three replies are edits.

    `best`: how often an edit is a fix.
    """

    seed: int = 0
    best: float = 0.0

    def complete(self, request: Request) -> Reply:
        rng = random.Random(f"{self.seed}:{request.seed}")
        prompt = rng.choice([PROMPT_TOKENS, rng.randint(1, PROMPT_TOKENS)])
        cached = rng.randint(0, prompt)
        written = rng.choice([request.max_tokens, rng.randint(1, request.max_tokens)])
        return Reply(
            text=self._edit(rng) if rng.random() < 2 / 3 else "I cannot say.",
            prompt_tokens=prompt,
            cached_tokens=cached,
            completion_tokens=written,
            usd=PRICE.cost(prompt, cached, written),
            model=request.model,
        )

    def _edit(self, rng: random.Random) -> str:
        noise = "".join(rng.choices("abcdefgh", k=6))
        text = f"keep 1 2 {noise}" if rng.random() < self.best else f"keep {noise}"
        return f"answer.txt\n<<<<<<< SEARCH\nkeep 0\n=======\n{text}\n>>>>>>> REPLACE\n"
