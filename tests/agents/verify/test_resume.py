"""A verification that is killed between two calls, and begun again: no call is paid twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from agents.domain import Ceiling, Usage, Verdict
from agents.llm.caller import AddressedCaller
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.protocol import Message, Reply, Request
from agents.selection.evidence import Review
from agents.selection.pool import Judgement
from agents.verify.panel import Brief, Case, Expected, Inputs, Judged, Panel, Reviewed, Run
from tests.agents.toy import World
from tests.agents.verify.desk import Desk


class Killed(BaseException):
    """Nobody catches it, as nobody catches a kill."""


@dataclass
class Mortal:
    """A model that takes the process down with it at one call, before it answers."""

    dies_at: int | None = None
    asked: list[str] = field(default_factory=list)

    def complete(self, request: Request) -> Reply:
        if len(self.asked) == self.dies_at:
            self.dies_at = None
            raise Killed
        self.asked.append(request.messages[0].content)
        return Reply(text="1", prompt_tokens=10, completion_tokens=1, usd=0.0)


@dataclass(frozen=True)
class Asking:
    """Every helper in one: each question is one call, addressed by what it asks."""

    journal: Journal
    name: str = "asking"
    ceiling: Ceiling = Ceiling(tokens=100)

    def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:
        made, usage = [], Usage()
        for one, other in ((first, second), (second, first)):
            shown = run(one.key, "zzz") + run(other.key, "zzz")
            usage += self._ask(case, f"judge {one.patch} {other.patch} {shown}")
            made.append(Judgement(shown=(one.key, other.key), preferred=one.key))
        return Judged(judgements=tuple(made), usage=usage)

    def review(self, case: Case, brief: Brief) -> Reviewed:
        usage = self._ask(case, f"review {brief.patch}")
        return Reviewed(review=Review(option=brief.key, demands=(), belief=0.5), usage=usage)

    def inputs(self, case: Case, first: Brief, second: Brief, number: int) -> Inputs:
        usage = self._ask(case, f"inputs {first.patch} {second.patch}")
        return Inputs(scripts=("zzz",), usage=usage)

    def expected(self, case: Case, script: str, outputs: Sequence[str]) -> Expected:
        return Expected(output=None, usage=self._ask(case, f"expected {script} {outputs}"))

    def _ask(self, case: Case, text: str) -> Usage:
        caller = AddressedCaller(self.journal, case.search, case.trial)
        caller.ask(
            Request(model="m", messages=(Message("user", text),), temperature=0.0, max_tokens=1)
        )
        return caller.usage


def verdict(world: World, model: Mortal, calls: MemoryCallStore, *without: str) -> Verdict:
    made, asking = Desk(world), Asking(Journal(model, calls))
    return made.verdict(
        *(made.found(trial, f"keep 1 {trial}x") for trial in range(2)),
        panel=Panel(prober=asking, judge=asking, reviewer=asking),
        without=without,
    )


@pytest.mark.parametrize(
    ("without", "asked"),
    [("judge", {"inputs", "expected", "review"}), ("distinguish", {"judge", "review"})],
)
def test_no_call_is_paid_twice_and_the_verdict_is_the_same(
    world: World, without: str, asked: set[str]
) -> None:
    whole = Mortal()
    expected = verdict(world, whole, MemoryCallStore(), without)
    assert {text.split()[0] for text in whole.asked} == asked
    for dies_at in range(len(whole.asked)):
        model, calls = Mortal(dies_at=dies_at), MemoryCallStore()
        with pytest.raises(Killed):
            verdict(world, model, calls, without)
        assert len(calls.records) == dies_at
        assert verdict(world, model, calls, without) == expected
        assert model.asked == whole.asked
        assert len(model.asked) == len(set(model.asked)) == len(calls.records)
