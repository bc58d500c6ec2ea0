"""No limit on tokens or US dollars is passed, however many trials are under way at once."""

import math
import random
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

from agents.domain import Ceiling, Outcome, Usage
from agents.driver import run_in_process
from agents.engine import Engine
from agents.errors import ModelUnreachable
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import Price
from agents.llm.protocol import Model, Reply, Request
from agents.llm.scripted import ScriptedModel
from agents.llm.weighted import WeightedJournal
from agents.localise.ranker import Ranker
from agents.policy.llm_policy import LlmPolicy
from agents.schedule import Purse, affords, purse_left
from agents.settings import Limits
from agents.store import MemoryStore, SearchRecord
from agents.value.protocol import Estimate, Scene
from agents.verify.ladder import climb_all
from agents.verify.panel import Brief, Case, Judged, Panel, Run
from agents.verify.scripted import ScriptedJudge
from sandbox.errors import SandboxLost
from sandbox.protocol import RunResult, RunSpec
from tests.agents.gambler import PRICE, Gambler
from tests.agents.test_engine import drive, shape
from tests.agents.toy import STATEMENT, World, answer, run

SEEDS = range(4)
CEILING = LlmPolicy((WeightedJournal("m", Journal(Gambler(), MemoryCallStore(), PRICE)),)).ceiling
MANY = {"width": 64, "strategy": "best_of_n", "policy": ("llm",)}


def asking(
    world: World,
    calls: MemoryCallStore,
    model: Model,
    script: Callable[[Mapping[str, bytes], RunSpec], RunResult] = run,
    **settings: object,
) -> Engine:
    """An engine whose policy asks `model` under a journal with a price."""
    engine = world.engine([], script=script, **settings)
    policy = LlmPolicy((WeightedJournal("m", Journal(model, calls, PRICE)),))
    engine.tools = replace(engine.tools, policy=lambda _: policy)
    return engine


def paid(calls: MemoryCallStore) -> Usage:
    """All that was ever paid, whatever became of it."""
    replies = [record.reply for record in calls.records.values()]
    return Usage(
        prompt_tokens=sum(r.prompt_tokens for r in replies),
        completion_tokens=sum(r.completion_tokens for r in replies),
        usd=math.fsum(r.usd or 0.0 for r in replies),
    )


def told(engine: Engine) -> SearchRecord:
    return engine.store.load("s")


@pytest.mark.parametrize("seed", SEEDS)
def test_64_workers_pay_no_more_tokens_than_the_limit_and_almost_all_of_them(
    world: World, seed: int
) -> None:
    limit = random.Random(seed).randint(30_000, 700_000)
    calls = MemoryCallStore()
    engine = asking(world, calls, Gambler(seed), limits=Limits(nodes=None, tokens=limit), **MANY)
    run_in_process(engine, "s", workers=64)
    assert limit - CEILING.tokens < paid(calls).tokens <= limit
    assert told(engine).verdict is not None
    assert told(engine).verdict.limit == "tokens"  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", SEEDS)
def test_64_workers_pay_no_more_dollars_than_the_limit_and_almost_all_of_them(
    world: World, seed: int
) -> None:
    limit = random.Random(seed).uniform(0.5, 8.0)
    calls = MemoryCallStore()
    engine = asking(world, calls, Gambler(seed), limits=Limits(nodes=None, usd=limit), **MANY)
    run_in_process(engine, "s", workers=64)
    assert limit - (CEILING.usd or 0.0) < (paid(calls).usd or 0.0) <= limit + 1e-9
    assert told(engine).verdict.limit == "usd"  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_completion_changes_neither_the_tree_nor_what_is_paid(
    world: World, seed: int
) -> None:
    limits = Limits(nodes=None, tokens=120_000, usd=3.0)
    settings = {**MANY, "width": 16, "strategy": "mcts"}
    first, again = MemoryCallStore(), MemoryCallStore()
    one = drive(asking(world, first, Gambler(3), limits=limits, **settings), random.Random(seed))
    engine = asking(world, again, Gambler(3), limits=limits, **settings)
    other = drive(engine, random.Random(seed + 100))
    assert len(one.trials) > 10
    assert shape(one) == shape(other)
    assert paid(first) == paid(again)


@pytest.mark.parametrize("limits", [Limits(tokens=200_000), Limits(usd=4.0), Limits(nodes=40)])
def test_1_and_64_workers_give_the_same_tree_when_a_budget_ends_it(
    world: World, limits: Limits
) -> None:
    settings = {**MANY, "strategy": "mcts", "limits": limits}
    lonely = asking(world, MemoryCallStore(), Gambler(1), **settings)
    crowded = asking(world, MemoryCallStore(), Gambler(1), **settings)
    run_in_process(lonely, "s", workers=1)
    run_in_process(crowded, "s", workers=64)
    assert len(told(lonely).trials) > 10
    assert shape(told(lonely)) == shape(told(crowded))


def test_what_lost_trials_paid_before_counts_too(world: World) -> None:
    """One state in eight kills the sandbox for good, after the model was paid."""

    def deadly(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if files["answer.txt"][5:6] == b"a":
            raise SandboxLost("gone")
        return run(files, spec)

    calls = MemoryCallStore()
    limits = Limits(nodes=None, tokens=400_000)
    engine = asking(world, calls, Gambler(5), deadly, limits=limits, **MANY)
    run_in_process(engine, "s", workers=8)
    lost = [t.number for t in told(engine).trials if t.outcome and t.outcome.kind == "lost"]
    unbooked = [r.reply for (_, trial, _), r in calls.records.items() if trial in lost]
    assert told(engine).phase == "abstained"
    assert sum(r.prompt_tokens + r.completion_tokens for r in unbooked) > CEILING.tokens
    assert paid(calls).tokens <= 400_000


class Judge:
    """Asks a model of its own, whose price may not be known."""

    name = "judge"

    def __init__(self, ceiling: Ceiling) -> None:
        self.ceiling = ceiling

    def estimate(self, scene: Scene) -> Estimate:
        usage = Usage(prompt_tokens=self.ceiling.tokens, usd=self.ceiling.usd, calls=1)
        return Estimate(value=0.5, usage=usage)


def test_a_judge_draws_on_the_same_purse(world: World) -> None:
    calls = MemoryCallStore()
    engine = asking(world, calls, Gambler(2), limits=Limits(tokens=100_000), **MANY)
    engine.tools = replace(engine.tools, value=lambda _: Judge(Ceiling(tokens=9_000)))
    run_in_process(engine, "s", workers=8)
    verdict = told(engine).verdict
    assert verdict is not None
    assert verdict.usage.tokens > paid(calls).tokens
    assert verdict.usage.tokens <= 100_000


def test_a_judge_without_a_price_cannot_keep_a_limit_in_dollars(world: World) -> None:
    engine = asking(world, MemoryCallStore(), Gambler(), limits=Limits(usd=1.0), **MANY)
    engine.tools = replace(engine.tools, value=lambda _: Judge(Ceiling(tokens=1, usd=None)))
    run_in_process(engine, "s", workers=1)
    assert told(engine).phase == "failed"
    assert "needs the price of every model" in str(told(engine).cause)


TWO_FUNCTIONS = "def first():\n    return 1\n\n\ndef second():\n    return 2\n"


def ranking(world: World, price: Price | None, limits: Limits) -> tuple[SearchRecord, int]:
    """A search where a model may rank two functions, and how often it was asked to."""
    (world.repository / "core.py").write_text(TWO_FUNCTIONS)
    for command in ("add .", "-c user.name=a -c user.email=a@b commit -qm functions"):
        subprocess.run(["git", *command.split()], cwd=world.repository, check=True)
    statement = f"`first` and `second` differ. {STATEMENT}"
    engine = asking(
        world, MemoryCallStore(), Gambler(2), statement=statement, limits=limits, **MANY
    )
    asked = MemoryCallStore()
    ranker = Ranker(Journal(ScriptedModel(["[2]"]), asked, price), "m")
    engine.tools = replace(engine.tools, ranker=lambda _: ranker)
    run_in_process(engine, "s", workers=1)
    return told(engine), len(asked.records)


RANKED = Ranker(Journal(ScriptedModel([]), MemoryCallStore(), PRICE), "m").ceiling + CEILING


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        (Limits(tokens=RANKED.tokens), 1),
        (Limits(tokens=RANKED.tokens - 1), 0),
        (Limits(tokens=None, usd=(RANKED.usd or 0.0) + 1e-9), 1),
        (Limits(tokens=None, usd=(RANKED.usd or 0.0) - 1e-9), 0),
    ],
)
def test_a_model_ranks_only_if_a_trial_can_still_be_paid(
    world: World, limits: Limits, asked: int
) -> None:
    record, calls = ranking(world, PRICE, limits)
    assert record.preparation is not None
    assert len(record.preparation.localisation.functions) > 1
    assert (calls, len(record.trials) > 0) == (asked, True)


def test_a_ranking_model_without_a_price_cannot_keep_a_limit_in_dollars(world: World) -> None:
    record, calls = ranking(world, None, Limits(usd=1.0))
    assert (record.phase, calls) == ("failed", 0)
    assert "needs the price of every model" in str(record.cause)


def test_what_the_verifier_will_ask_of_models_is_kept_for_it(world: World) -> None:
    calls = MemoryCallStore()
    engine = asking(world, calls, Gambler(4), limits=Limits(tokens=100_000, usd=2.0), **MANY)
    keep = Ceiling(tokens=40_000, usd=0.1)
    panel = Panel(judge=ScriptedJudge(prefers=lambda first, _: first.key, ceiling=keep))
    engine.tools = replace(engine.tools, panel=lambda _: panel)
    run_in_process(engine, "s", workers=8)
    assert 60_000 - CEILING.tokens < paid(calls).tokens <= 60_000


FOUND_AT_ONCE = {"width": 2, "candidates": 9, "patience": 500, "policy": ("llm",)}


class Costly:
    """A judge that always pays as much as it may."""

    name = "costly"
    ceiling = Ceiling(tokens=20_000, usd=0.1)

    def __init__(self) -> None:
        self.asked = 0

    def compare(self, case: Case, first: Brief, second: Brief, run: Run) -> Judged:
        self.asked += 1
        told = ScriptedJudge(prefers=lambda first, _: first.key).compare(case, first, second, run)
        usage = Usage(prompt_tokens=self.ceiling.tokens, usd=self.ceiling.usd, calls=2)
        return replace(told, usage=usage)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_verifier_passes_no_limit_either(world: World, seed: int) -> None:
    limits, judge = Limits(nodes=None, tokens=100_000, usd=2.0), Costly()
    model = Gambler(seed, best=1.0)
    engine = asking(world, MemoryCallStore(), model, limits=limits, **FOUND_AT_ONCE)
    engine.tools = replace(engine.tools, panel=lambda _: Panel(judge=judge))
    run_in_process(engine, "s", workers=8)
    verdict = told(engine).verdict
    assert verdict is not None
    assert judge.asked > 0
    assert verdict.costs["judge"].tokens == judge.asked * 20_000
    assert verdict.usage.tokens <= 100_000
    assert (verdict.usage.usd or 0.0) <= 2.0


def test_what_is_left_for_deciding_counts_what_lost_trials_may_have_paid(world: World) -> None:
    engine = asking(world, MemoryCallStore(), Gambler(0), limits=Limits(nodes=3), **MANY)
    run_in_process(engine, "s")
    record = told(engine)
    limited = replace(record.settings, limits=Limits(tokens=100_000, usd=2.0))
    outcome = Outcome(trial=0, kind="lost")
    lost = replace(record, settings=limited, trials=(replace(record.trials[0], outcome=outcome),))
    left = purse_left(lost, Purse(trial=Ceiling(tokens=7_000, usd=0.5)))
    assert (left.tokens, left.usd) == (93_000, 1.5)
    assert affords(left, Usage(prompt_tokens=90_000), Ceiling(tokens=3_000, usd=1.5))
    assert not affords(left, Usage(prompt_tokens=90_001), Ceiling(tokens=3_000))
    assert not affords(left, Usage(usd=0.1), Ceiling(usd=1.5))
    assert not affords(left, Usage(), Ceiling(usd=None))
    assert affords(Ceiling(tokens=9, usd=math.inf), Usage(usd=None), Ceiling(usd=None))


@dataclass(frozen=True)
class Clock:
    """Every trial that was told takes three seconds."""

    engine: Engine

    def __call__(self) -> float:
        return 1.0 + 3.0 * sum(trial.outcome is not None for trial in told(self.engine).trials)


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("nodes", Limits(nodes=2)),
        ("tokens", Limits(tokens=45_000)),
        ("usd", Limits(usd=0.6)),
        ("wall_s", Limits(wall_s=12.0)),
        ("sandbox_s", Limits(sandbox_s=9.0)),
    ],
)
def test_what_was_found_when_a_limit_is_hit_is_verified(
    world: World, name: str, limits: Limits
) -> None:
    engine = asking(world, MemoryCallStore(), Gambler(0, best=1.0), limits=limits, **FOUND_AT_ONCE)
    assert isinstance(engine.store, MemoryStore)
    engine.store.add(replace(told(engine), started_at=0.5))
    engine.tools = replace(engine.tools, clock=Clock(engine))
    run_in_process(engine, "s", workers=2)
    verdict = told(engine).verdict
    assert verdict is not None
    assert (verdict.limit, verdict.decision) == (name, "patch")
    rungs = {rung.name: rung.passed for rung in verdict.candidates[0].rungs}
    assert rungs == {"applies": True, "builds": None, "reproduction": True, "regression": True}


def test_candidates_for_which_no_time_is_left_are_named_and_do_not_vote(world: World) -> None:
    ideas = [answer(f"1 2 {letter}") for letter in "abcd"]
    engine = world.engine(ideas, candidates=4, width=1, limits=Limits(sandbox_s=1e9))
    run_in_process(engine, "s")
    used = told(engine).verdict.usage.sandbox_s  # type: ignore[union-attr]
    tight = world.engine(ideas, candidates=4, width=1, limits=Limits(sandbox_s=used - 3.0))
    run_in_process(tight, "s")
    verdict = told(tight).verdict
    assert verdict is not None
    assert verdict.decision == "patch"
    left = [note for note in verdict.skipped if "the time was up" in note]
    assert left
    assert verdict.chosen == 0


@pytest.mark.parametrize(("now", "seconds"), [(85.0, 5.0), (500.0, 1.0)])
def test_no_run_of_the_preparation_gets_more_than_the_wall_clock_limit_leaves(
    world: World, now: float, seconds: float
) -> None:
    engine = world.engine([answer("1 2")], limits=Limits(wall_s=100.0))
    engine.store.add(replace(told(engine), started_at=0.5))  # type: ignore[attr-defined]
    engine.tools = replace(engine.tools, clock=lambda: now + 0.5)
    engine.prepare("s")
    walls = [call.spec.wall_s for call in world.sandboxes[0].calls]
    assert len(walls) == 4
    assert max(walls[0], *walls[2:]) == seconds


@pytest.mark.parametrize(("left", "slack"), [(1_000.0, 5.0), (30.0, 3.0), (0.0, 2.0), (-9.0, 2.0)])
def test_deadlines_on_the_ladder_shrink_with_the_time_that_is_left(
    world: World, left: float, slack: float
) -> None:
    engine = world.engine([answer("1 2")], candidates=1, width=1)
    run_in_process(engine, "s")
    record, sandbox = told(engine), world.sandboxes[0]
    assert record.preparation is not None
    preparation = replace(
        record.preparation, baseline=replace(record.preparation.baseline, seconds=10.0)
    )
    bench, before = engine._fresh_bench(record), len(sandbox.calls)
    found = [t.outcome for t in record.trials if t.outcome and t.outcome.solved]
    climb_all(bench, preparation, found, slack=5.0, left=lambda _: left)
    suites = [c.spec.wall_s for c in sandbox.calls[before:] if "pytest" in c.spec.argv]
    assert suites == [10.0 + slack * 10.0]


class Dying:
    """Answers, and then takes the process down with it at the sandbox."""

    def __init__(self) -> None:
        self.asked: list[int | None] = []

    def complete(self, request: Request) -> Reply:
        self.asked.append(request.seed)
        return Gambler(0, best=1.0).complete(request)


class Killed(BaseException):
    """Nobody catches it, as nobody catches a kill."""


def deaths(*when: bool) -> Iterator[bool]:
    yield from when


def test_a_reply_that_was_paid_before_the_process_died_is_used_and_not_paid_again(
    world: World,
) -> None:
    model, calls = Dying(), MemoryCallStore()
    dying = deaths(True)

    def deadly(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if files["answer.txt"] != b"keep 0\n" and next(dying, False):
            raise Killed
        return run(files, spec)

    settings = FOUND_AT_ONCE | {"width": 1, "limits": Limits(nodes=6)}
    engine = asking(world, calls, model, deadly, **settings)
    with pytest.raises(Killed):
        run_in_process(engine, "s", workers=1)
    before = list(model.asked)
    assert before
    assert told(engine).trials[0].outcome is None
    again = Engine(engine.store, engine.tools)
    run_in_process(again, "s", workers=1)
    assert told(again).phase == "done"
    assert len(model.asked) == len(set(model.asked)) == len(calls.records)
    assert told(again).verdict.usage.tokens == paid(calls).tokens  # type: ignore[union-attr]


def test_a_sandbox_that_dies_between_two_tries_does_not_pay_twice(world: World) -> None:
    model, calls = Dying(), MemoryCallStore()
    dying = deaths(True, True)

    def deadly(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if files["answer.txt"] != b"keep 0\n" and next(dying, False):
            raise SandboxLost("gone")
        return run(files, spec)

    engine = asking(world, calls, model, deadly, limits=Limits(nodes=3), **FOUND_AT_ONCE)
    run_in_process(engine, "s", workers=1)
    assert told(engine).phase == "done"
    assert len(model.asked) == len(set(model.asked)) == len(calls.records)


class Away:
    """Answers the first call of a trial, never a second one."""

    def complete(self, request: Request) -> Reply:
        if len(request.messages) > 4:
            raise ModelUnreachable("gone")
        return replace(Gambler(1).complete(request), text="I cannot say.")


def test_a_model_that_goes_away_in_mid_trial_costs_no_more_than_was_promised(
    world: World,
) -> None:
    calls = MemoryCallStore()
    engine = asking(world, calls, Away(), limits=Limits(tokens=50_000), **MANY)
    run_in_process(engine, "s", workers=4)
    assert told(engine).phase == "failed"
    assert 0 < paid(calls).tokens <= 50_000
