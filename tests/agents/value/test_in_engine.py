"""The judge in a whole search: when it is asked, what is booked, and that nothing is paid twice."""

from dataclasses import replace

from agents.domain import Usage
from agents.driver import run_in_process
from agents.engine import Engine
from agents.llm.caller import JUDGE
from agents.llm.scripted import Line
from agents.settings import Limits
from agents.store import SearchRecord
from agents.value.hybrid import Hybrid
from agents.value.protocol import ValueFunction
from tests.agents.toy import World, answer
from tests.agents.value.scenes import Judged

NOISE = [answer("a"), answer("b")]
HALF, WHOLE, BREAKS = answer("1"), answer("1 2"), {"answer.txt": b"1 2\n"}


def judged() -> Judged:
    return Judged([Line(text="It is not there yet.\nVALUE: 0.5", repeat=True)])


def searched(engine: Engine, value: ValueFunction) -> SearchRecord:
    engine.tools = replace(engine.tools, value=lambda _: value)
    run_in_process(engine, "s")
    return engine.store.load("s")


def values(record: SearchRecord) -> list[float]:
    return [round(t.outcome.value, 6) for t in record.trials if t.outcome]


def test_a_judge_that_is_configured_is_asked_once_for_each_unsolved_state(world: World) -> None:
    model = judged()
    record = searched(world.engine([*NOISE, HALF, WHOLE], max_depth=1), model.judge)
    assert values(record)[:4] == [0.5, 0.5, 0.5, 1.0]
    assert len(model.requests) == 3
    assert sorted(model.store.records) == [("s", trial, JUDGE) for trial in range(3)]


def test_a_hybrid_asks_only_inside_ties(world: World) -> None:
    model = judged()
    record = searched(world.engine([*NOISE, HALF, BREAKS, WHOLE], max_depth=1), Hybrid(model.judge))
    assert values(record)[:5] == [0.225, 0.225, 0.725, 0.5, 1.0]
    assert len(model.requests) == 3


def test_an_outcome_keeps_what_each_function_said_the_paragraph_and_the_cost(world: World) -> None:
    model = judged()
    record = searched(world.engine([HALF], max_depth=1), Hybrid(model.judge))
    outcome = record.trials[0].outcome
    assert outcome is not None
    assert outcome.estimates == {"progress": 0.5, "llm_judge": 0.5, "hybrid": 0.725}
    assert outcome.critique == "It is not there yet."
    assert outcome.usage.calls == 1
    assert outcome.usage.tokens > 0


def test_an_edit_that_cannot_be_used_is_not_judged(world: World) -> None:
    model = judged()
    searched(world.engine([answer("0")], max_depth=1), model.judge)
    assert model.requests == []


def test_a_search_that_begins_again_pays_no_judge_twice(world: World) -> None:
    model = judged()
    ideas = [*NOISE, HALF, WHOLE]
    first = searched(world.engine(ideas, max_depth=1), Hybrid(model.judge))
    paid = len(model.requests)
    again = searched(world.engine(ideas, max_depth=1), Hybrid(model.judge))
    assert len(model.requests) == paid == 3
    assert values(again) == values(first)
    assert spent(again).tokens == spent(first).tokens > 0


def test_a_limit_on_tokens_holds_for_the_judge_too(world: World) -> None:
    model = judged()
    ceiling = model.judge.ceiling.tokens
    engine = world.engine(NOISE, max_depth=1, width=2, limits=Limits(tokens=ceiling + 10))
    record = searched(engine, model.judge)
    assert spent(record).tokens <= ceiling + 10
    assert record.verdict is not None
    assert record.verdict.limit == "tokens"
    assert len(model.requests) == 1


def spent(record: SearchRecord) -> Usage:
    return sum((t.outcome.usage for t in record.trials if t.outcome), Usage())
