"""Tests of an issue, sampled from a language model.

CodeT (Chen et al. 2023) samples tests beside solutions; R2E-Gym (Jain et al. 2025, section 4.2) lets
a model write tests that reproduce the issue. What a sample is worth is not decided here: see
`agents.verify.written`, which runs it.
"""

from dataclasses import dataclass

from agents.domain import Ceiling
from agents.llm.caller import VERIFYING, AddressedCaller
from agents.llm.journal import Journal
from agents.llm.protocol import Message, Request
from agents.verify.extract import ReproductionTest
from agents.verify.panel import Case, Drafts
from agents.verify.writing.prompts import repair_prompt, revise_prompt, write_prompt
from agents.verify.writing.reply import Unreadable, Written, read_test

CALLS = 3
"""For one test: the first try, once more where the reply cannot be read, one revision."""

PROMPT_TOKENS = 3_400
"""Most that one call reads, a second try with the first reply in it included."""

SEEDS = 1_000_003
"""So far apart lie the seeds of two searches; those of a search's samples lie side by side."""


@dataclass(frozen=True, slots=True)
class LlmTestWriter:
    """Thread-safe when its journal is; holds no state of its own."""

    journal: Journal
    model: str
    tests: int = 4
    """Most tests that one search asks for."""
    seed: int = 0
    """The search's: other seeds are other samples."""
    temperature: float = 0.8
    """In (0, 2]: several different tests are wanted."""
    max_tokens: int = 512
    """Most tokens of one reply."""
    context_tokens: int = 2_000
    """About how much of the case is shown."""

    @property
    def name(self) -> str:
        """For evidence and logs."""
        return f"llm:{self.model}"

    @property
    def ceiling(self) -> Ceiling:
        """`CALLS` for each test, all at their longest."""
        calls, price = self.tests * CALLS, self.journal.price
        prompt, written = calls * PROMPT_TOKENS, calls * self.max_tokens
        usd = None if price is None else price.cost(prompt, 0, written)
        return Ceiling(tokens=prompt + written, usd=usd)

    def write(self, case: Case, number: int) -> Drafts:
        """One sample for each of `number` tests, at most `tests`; those that can be read. An
        unreadable reply goes back once. The verification's samples are others than the
        preparation's. Raises: ModelError."""
        caller = self._caller(case)
        messages = write_prompt(case, self.context_tokens)
        first = self.tests if case.trial == VERIFYING else 0
        numbers = range(first, first + min(number, self.tests))
        samples = [self._sampled(caller, messages, n) for n in numbers]
        tests = [
            ReproductionTest(f"written::{number}", sample.source, sample.call)
            for number, sample in enumerate(samples, 1)
            if sample is not None
        ]
        return Drafts(tests=tuple(tests), usage=caller.usage)

    def revise(self, case: Case, test: ReproductionTest, problem: str) -> Drafts:
        """One more try, under the same id; none where it cannot be read. Raises: ModelError."""
        caller = self._caller(case)
        messages = write_prompt(case, self.context_tokens)
        again = revise_prompt(messages, test.source, problem, self.max_tokens)
        read = self._ask(caller, again, 0)
        if isinstance(read, Unreadable):
            return Drafts(usage=caller.usage)
        revised = ReproductionTest(test.id, read.source, read.call)
        return Drafts(tests=(revised,), usage=caller.usage)

    def _sampled(
        self, caller: AddressedCaller, messages: tuple[Message, ...], sample: int
    ) -> Written | None:
        reply = caller.ask(self._request(messages, sample)).text
        read = read_test(reply)
        if isinstance(read, Unreadable):
            again = repair_prompt(messages, reply, read.problem, self.max_tokens)
            read = self._ask(caller, again, sample)
        return None if isinstance(read, Unreadable) else read

    def _ask(
        self, caller: AddressedCaller, messages: tuple[Message, ...], sample: int
    ) -> Written | Unreadable:
        return read_test(caller.ask(self._request(messages, sample)).text)

    def _caller(self, case: Case) -> AddressedCaller:
        return AddressedCaller(self.journal, case.search, case.trial)

    def _request(self, messages: tuple[Message, ...], sample: int) -> Request:
        return Request(
            model=self.model,
            messages=messages,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            seed=(self.seed * SEEDS + sample) % 2**31,
        )
