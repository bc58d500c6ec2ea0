"""A search done again out of its record gives the same tree, or says where it does not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from agents.domain import Ceiling, Outcome, Usage
from agents.driver import run_in_process
from agents.engine import Engine
from agents.errors import ReplayMismatch
from agents.llm.caller import JUDGE, Caller
from agents.llm.journal import CallRecord, Journal, MemoryCallStore
from agents.llm.protocol import Message, Model, Request
from agents.llm.recorded import Nobody, RecordedCalls
from agents.llm.weighted import WeightedJournal
from agents.policy.llm_policy import LlmPolicy
from agents.policy.mixed_policy import MixedPolicy
from agents.policy.scripted_policy import ScriptedPolicy
from agents.replay import difference, replaying, told_part
from agents.settings import Limits, WeightedModel
from agents.store import SearchRecord, tree_json
from agents.tools import Tools
from agents.value.protocol import Estimate, Scene
from sandbox.errors import SandboxLost
from sandbox.protocol import RunResult, RunSpec
from tests.agents.gambler import PRICE, Gambler
from tests.agents.toy import World, answer, run

GOLDEN = Path(__file__).parent / "golden" / "tree.json"
JUDGING = Ceiling(tokens=6_000)
IDEAS = [answer("a"), answer("1"), answer("1 2 x"), answer("1 2 y")]


@dataclass(frozen=True, slots=True)
class AskingJudge:
    """A value function with calls of its own, numbered like a judge's."""

    journal: Journal
    name: str = "judge"
    ceiling: Ceiling = JUDGING

    def estimate(self, scene: Scene) -> Estimate:
        caller = Caller(self.journal, scene.search, scene.trial, JUDGE)
        message = Message("user", f"{scene.summary}\n{scene.patch.decode()}")
        ask = Request(model="j", messages=(message,), temperature=0.1, max_tokens=9, seed=1)
        reply = caller.ask(replace(ask, seed=scene.trial))
        return Estimate(value=len(reply.text) % 10 / 10, usage=caller.usage)


def tools_for(world: World, base: Tools, journal: Journal, *, judged: bool) -> Tools:
    """Two models, the scripted policy between them, and a judge if wanted."""
    members = (
        LlmPolicy((WeightedJournal("m", journal),)),
        ScriptedPolicy(IDEAS),
        LlmPolicy((WeightedJournal("n", journal),), name="n"),
    )
    tools = replace(base, policy=lambda _: MixedPolicy(members))
    return replace(tools, value=lambda _: AskingJudge(journal)) if judged else tools


def searched(
    world: World, calls: MemoryCallStore, *, judged: bool = False, workers: int = 4, **more: object
) -> Engine:
    settings: dict[str, object] = {
        "policy": ("llm", "mutation"),
        "models": (WeightedModel(name="m"), WeightedModel(name="n")),
        "limits": Limits(nodes=24),
        "width": 6,
    }
    engine = world.engine([], **(settings | more))
    journal = Journal(Gambler(3, best=0.05), calls, PRICE)
    engine.tools = tools_for(world, engine.tools, journal, judged=judged)
    run_in_process(engine, "s", workers=workers)
    return engine


def again(
    world: World, first: Engine, calls: MemoryCallStore, *, judged: bool = False, workers: int = 4
) -> SearchRecord:
    journal = Journal(Nobody(), RecordedCalls.of(calls.records.values()))
    tools = tools_for(world, first.tools, journal, judged=judged)
    engine = replaying(tools, first.store.load("s"))
    run_in_process(engine, "s", workers=workers)
    return engine.store.load("s")


LIMITS = {
    "nodes": Limits(nodes=24),
    "tokens": Limits(tokens=150_000),
    "usd": Limits(usd=2.0),
    "sandbox": Limits(sandbox_s=20.0),
    "wall": Limits(wall_s=60.0),
}


@pytest.mark.parametrize("judged", [False, True])
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("strategy", ["mcts", "best_of_n"])
def test_the_same_tree_comes_out_with_nobody_to_ask(
    world: World, limit: str, strategy: str, judged: bool
) -> None:
    calls = MemoryCallStore()
    settings = {"limits": LIMITS[limit], "strategy": strategy, "candidates": 20, "patience": 99}
    first = searched(world, calls, judged=judged, **settings)
    recorded = first.store.load("s")
    assert len(recorded.trials) > 3
    replayed = again(world, first, calls, judged=judged, workers=1)
    assert difference(recorded, replayed) is None
    assert tree_json(recorded) == tree_json(replayed)


def test_trials_that_the_infrastructure_lost_are_lost_again(world: World) -> None:
    def deadly(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if files["answer.txt"] == b"keep a\n":
            raise SandboxLost("gone")
        return run(files, spec)

    calls = MemoryCallStore()
    first = searched(world, calls, script=deadly)
    recorded = first.store.load("s")
    kinds = [t.outcome.kind for t in recorded.trials if t.outcome]
    assert "lost" in kinds
    assert difference(recorded, again(world, first, calls)) is None


def test_what_was_told_of_a_search_that_is_not_over_is_done_again(world: World) -> None:
    calls = MemoryCallStore()
    first = searched(world, calls)
    whole = first.store.load("s")
    trials = tuple(replace(t, outcome=None) if t.number == 9 else t for t in whole.trials)
    cut = replace(whole, trials=trials, verdict=None, phase="searching")
    first.store.add(cut)  # type: ignore[attr-defined]
    replayed = again(world, first, calls)
    assert replayed.known == 9
    assert difference(cut, replayed) is None


def test_a_call_that_is_not_in_the_record_ends_the_replay_and_is_named(world: World) -> None:
    calls = MemoryCallStore()
    first = searched(world, calls)
    gone = max(key for key in calls.records if key[1] == 3)
    del calls.records[gone]
    replayed = again(world, first, calls)
    assert replayed.phase == "failed"
    assert f"trial 3, call {gone[2]} is not in the record" in str(replayed.cause)


def test_a_call_that_is_asked_otherwise_ends_the_replay_with_what_differs(world: World) -> None:
    calls = MemoryCallStore()
    first = searched(world, calls)
    key = min(key for key in calls.records if key[1] == 3)
    calls.records[key] = other(calls.records[key])
    replayed = again(world, first, calls)
    assert replayed.phase == "failed"
    assert "messages[0].content" in str(replayed.cause)
    assert "'never said'" in str(replayed.cause)


def other(record: CallRecord) -> CallRecord:
    """The call as if it had been asked with another first message."""
    said = (Message("system", "never said"), *record.request.messages[1:])
    request = replace(record.request, messages=said)
    return replace(record, request=request, request_hash="0" * 64)


def test_a_tree_that_came_out_otherwise_is_told_at_its_first_difference(world: World) -> None:
    calls = MemoryCallStore()
    first = searched(world, calls)
    recorded = first.store.load("s")
    trials = list(recorded.trials)
    outcome = trials[5].outcome
    assert outcome is not None
    trials[5] = replace(trials[5], outcome=replace(outcome, reason="once", kind="failed"))
    changed = replace(recorded, trials=tuple(trials))
    told = difference(changed, again(world, first, calls))
    assert told is not None
    assert "was" in told


def test_another_choice_is_a_difference(world: World) -> None:
    calls = MemoryCallStore()
    first = searched(world, calls)
    recorded = first.store.load("s")
    assert recorded.verdict is not None
    changed = replace(recorded, verdict=replace(recorded.verdict, chosen=999))
    told = difference(changed, again(world, first, calls))
    assert told is not None
    assert told.startswith("verdict[0].chosen: 999 was")


def test_a_search_that_was_never_prepared_has_no_tree(world: World) -> None:
    engine = world.engine([])
    with pytest.raises(ValueError, match="never prepared"):
        replaying(engine.tools, engine.store.load("s"))


def test_the_canonical_tree_is_pinned(world: World) -> None:
    """A change here makes stored digests incomparable: make it on purpose only."""
    engine = world.engine(IDEAS, width=2, max_depth=2, limits=Limits(nodes=6))
    run_in_process(engine, "s")
    found = tree_json(engine.store.load("s"))
    assert found == GOLDEN.read_text()
    assert json.loads(found).keys() == {"nodes", "trials", "verdict"}


def test_times_and_costs_are_no_part_of_the_tree(world: World) -> None:
    engine = world.engine(IDEAS, width=1)
    run_in_process(engine, "s")
    record = engine.store.load("s")
    dear = Usage(prompt_tokens=9, usd=1.0, sandbox_s=99.0)
    trials = tuple(
        replace(t, outcome=t.outcome and replace(t.outcome, usage=dear, seconds=5.0))
        for t in record.trials
    )
    assert tree_json(replace(record, trials=trials)) == tree_json(record)


def test_patches_of_any_bytes_differ_in_the_tree_when_they_differ(world: World) -> None:
    engine = world.engine(IDEAS[:1], width=1)
    run_in_process(engine, "s")
    record = engine.store.load("s")

    def with_patch(patch: bytes) -> str:
        outcome = Outcome(trial=0, kind="failed", reason="x", patch=patch)
        trial = replace(record.trials[0], outcome=outcome)
        return tree_json(replace(record, trials=(trial,), verdict=None))

    assert len({with_patch(patch) for patch in (b"\xff", b"\xfe", b"\\xff", b"a\n", b"a")}) == 5


def test_nobody_answers(world: World) -> None:
    model: Model = Nobody()
    ask = Request(model="m", messages=(), temperature=0.0, max_tokens=1)
    with pytest.raises(ReplayMismatch, match="m is not in the record"):
        model.complete(ask)


def test_a_record_takes_nothing_new(world: World) -> None:
    calls = MemoryCallStore()
    searched(world, calls, limits=Limits(nodes=2))
    record = next(iter(calls.records.values()))
    store = RecordedCalls.of([record])
    assert store.put(record) is record
    with pytest.raises(ReplayMismatch):
        store.put(replace(record, trial=77))


def test_the_part_that_was_told_has_no_open_trial(world: World) -> None:
    engine = world.engine(IDEAS, width=2)
    engine.prepare("s")
    engine.advance("s")
    assert told_part(engine.store.load("s")).trials == ()
