"""A language model as surrogate executor: one short question, one line of answer.

Cheap on purpose: a guess that costs more than the run that it saves is worth nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.domain import Ceiling
from agents.llm.caller import SURROGATE, Caller
from agents.llm.clipping import clip
from agents.llm.journal import Journal
from agents.llm.protocol import Message, Request
from agents.surrogate.protocol import ISSUE, Guess, Question
from agents.surrogate.shortlist import shortlist

LISTED = 8
"""Tests that are asked about."""
PATCH_TOKENS, FAILURE_TOKENS, TEST_TOKENS = 400, 150, 30
REPLY_TOKENS = 24
PROMPT_TOKENS = 200 + PATCH_TOKENS + FAILURE_TOKENS + LISTED * (TEST_TOKENS + 10)
"""Most that a call reads, by estimate."""

SYSTEM = (
    "You predict test results of a patch without running it. Answer in exactly one line:\n"
    "issue: pass or fail; broken: numbers of the tests that fail after the patch, or none"
)

_ISSUE = re.compile(r"issue\W{1,5}(pass|fail)", re.IGNORECASE)
_BROKEN = re.compile(r"broken\W{1,5}(none|\d+(?:\W{1,3}\d+)*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LlmSurrogate:
    """Thread-safe when its journal is; holds no state of its own."""

    journal: Journal
    model: str
    name: str = "llm"

    @property
    def ceiling(self) -> Ceiling:
        """One call at its longest."""
        price = self.journal.price
        usd = None if price is None else price.cost(PROMPT_TOKENS, 0, REPLY_TOKENS)
        return Ceiling(tokens=PROMPT_TOKENS + REPLY_TOKENS, usd=usd)

    def guess(self, question: Question) -> Guess:
        """A reply that cannot be read is a guess of nothing. Raises: ModelError."""
        listed = shortlist(question, LISTED)
        caller = Caller(self.journal, question.search, question.trial, SURROGATE)
        reply = caller.ask(
            Request(
                model=self.model,
                messages=(
                    Message("system", SYSTEM),
                    Message("user", _prompt(question, listed)),
                ),
                temperature=0.0,
                max_tokens=REPLY_TOKENS,
                stop=("\n",),
            )
        )
        return Guess(passes=read_guess(reply.text, listed), usage=caller.usage)


def read_guess(reply: str, listed: Sequence[str]) -> dict[str, bool]:
    """What a reply says: broken tests in its order, then those that it did not name.

    Where all numbers of broken tests are made up, nothing is said about any test.
    """
    passes: dict[str, bool] = {}
    issue, broken = _ISSUE.search(reply), _BROKEN.search(reply)
    if issue is not None:
        passes[ISSUE] = issue[1].lower() == "pass"
    if broken is not None:
        numbers = [int(digits[:9]) for digits in re.findall(r"\d+", broken[1])]
        named = [listed[number - 1] for number in numbers if 0 < number <= len(listed)]
        if numbers and not named:
            return passes
        passes |= dict.fromkeys(named, False)
        passes |= {test: True for test in listed if test not in passes}
    return passes


def _prompt(question: Question, listed: Sequence[str]) -> str:
    failures = "\n".join(dict.fromkeys(question.preparation.reproduction.failures.values()))
    tests = [f"{n}. {clip(test, TEST_TOKENS)}" for n, test in enumerate(listed, 1)]
    return "\n".join(
        [
            "Before the patch the issue's code fails:",
            clip(failures, FAILURE_TOKENS),
            "",
            "Patch:",
            clip(question.patch.decode("utf-8", "replace"), PATCH_TOKENS),
            "",
            "Tests that pass before the patch:",
            *(tests or ["(none listed)"]),
        ]
    )
