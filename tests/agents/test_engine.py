import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from agents.domain import Ceiling
from agents.driver import run_in_process
from agents.engine import Engine
from agents.errors import ModelRefusedKey, ModelUnreachable
from agents.policy.protocol import Policy, Position, Proposal, Unusable
from agents.selection.calibration.calibration_map import PRIOR, CalibrationMap
from agents.settings import Limits
from agents.store import MemoryStore, SearchRecord, grown_tree
from sandbox.errors import SandboxLost
from sandbox.protocol import RunResult, RunSpec, States
from tests.agents.toy import World, answer, run

NOISE = [answer(letter) for letter in "abcdefgh"]


def record(engine: Engine) -> SearchRecord:
    return engine.store.load("s")


def test_a_fix_of_two_edits_is_found_chosen_and_explained(world: World) -> None:
    search = world.engine([*NOISE, answer("1"), answer("1 2")])
    run_in_process(search, "s")
    told = record(search)
    assert told.phase == "done"
    assert told.verdict is not None
    assert b"+keep 1 2" in told.verdict.patch
    assert [r.name for r in told.verdict.candidates[0].rungs if r.passed] == [
        "applies",
        "reproduction",
        "regression",
    ]
    assert told.verdict.baseline.failing == ("t::old",)


def test_the_map_of_confidence_is_read_once_for_a_verdict(world: World) -> None:
    read: list[str] = []

    def confidence() -> CalibrationMap:
        read.append(record(search).phase)
        return PRIOR

    search = world.engine([*NOISE, answer("1 2")])
    search.tools = replace(search.tools, confidence=confidence)
    run_in_process(search, "s")
    assert record(search).phase == "done"
    assert read == ["verifying"]


def test_half_a_fix_is_worth_half_and_is_searched_further(world: World) -> None:
    search = world.engine([*NOISE, answer("1")], max_depth=2)
    run_in_process(search, "s")
    told = record(search)
    values = {t.outcome.value for t in told.trials if t.outcome and t.outcome.kind == "expanded"}
    assert values == {0.0, 0.5}
    assert any(t.node != 0 for t in told.trials)


def test_an_edit_that_breaks_a_test_of_the_repository_is_not_a_solution(world: World) -> None:
    search = world.engine([{"answer.txt": b"1 2\n"}], max_depth=1)
    run_in_process(search, "s")
    told = record(search)
    assert told.phase == "abstained"
    assert told.trials[0].outcome is not None
    assert told.trials[0].outcome.regressions == ("t::keep",)
    assert told.trials[0].outcome.value == pytest.approx(0.5)


def test_nothing_found_is_an_abstention_with_its_reason(world: World) -> None:
    search = world.engine(NOISE, max_depth=1)
    run_in_process(search, "s")
    verdict = record(search).verdict
    assert verdict is not None
    assert verdict.decision == "abstained"
    assert "none of 8 edits" in verdict.reason


def test_an_issue_without_code_abstains_before_it_spends_anything(world: World) -> None:
    search = world.engine(NOISE, statement="It is slow on Mondays.")
    run_in_process(search, "s")
    told = record(search)
    assert told.verdict is not None
    assert "no runnable Python code" in told.verdict.reason
    assert told.trials == ()


def test_an_empty_statement_fails_with_the_remedy(world: World) -> None:
    search = world.engine(NOISE, statement="  \n")
    run_in_process(search, "s")
    assert record(search).phase == "failed"
    assert "empty" in str(record(search).cause)


def test_a_limit_on_nodes_is_kept_and_named(world: World) -> None:
    search = world.engine(NOISE, limits=Limits(nodes=5))
    run_in_process(search, "s")
    told = record(search)
    assert len(told.trials) == 5
    assert told.verdict is not None
    assert told.verdict.limit == "nodes"


def test_the_search_stops_when_it_has_the_candidates_it_wants(world: World) -> None:
    search = world.engine([answer(f"1 2 {n}") for n in range(50)], candidates=2, width=1)
    run_in_process(search, "s")
    assert len(record(search).trials) == 2


def test_an_unusable_reply_is_told_with_its_reason(world: World) -> None:
    ideas = [Unusable(reason="unparsable", feedback="no block"), answer("1 2")]
    search = world.engine(ideas)
    run_in_process(search, "s")
    first = record(search).trials[0].outcome
    assert first is not None
    assert (first.kind, first.reason) == ("failed", "unparsable")


def test_an_edit_that_changes_nothing_is_a_failed_one(world: World) -> None:
    search = world.engine([answer("0")])
    run_in_process(search, "s")
    first = record(search).trials[0].outcome
    assert first is not None
    assert first.reason == "changes_nothing"


def drive(engine: Engine, order: random.Random) -> SearchRecord:
    """Take the steps by hand; trials come back in any order."""
    engine.prepare("s")
    under_way: list[int] = []
    while not (step := engine.advance("s")).decide:
        under_way += step.opened
        number = under_way.pop(order.randrange(len(under_way)))
        engine.store.record_outcome("s", engine.carry_out("s", number))
    engine.decide("s")
    return record(engine)


def shape(told: SearchRecord) -> list[object]:
    outcomes = [
        replace(t, outcome=t.outcome and replace(t.outcome, seconds=0)) for t in told.trials
    ]
    return [*outcomes, told.verdict]


@pytest.mark.parametrize("seed", range(5))
def test_the_tree_does_not_depend_on_which_worker_is_faster(world: World, seed: int) -> None:
    ideas = [*NOISE, answer("1"), *NOISE[:3], answer("1 2")]
    first = drive(world.engine(ideas, width=4), random.Random(0))
    again = drive(world.engine(ideas, width=4), random.Random(seed + 1))
    assert shape(first) == shape(again)


def test_an_interrupted_search_goes_on_where_it_was(world: World) -> None:
    ideas = [*NOISE, answer("1"), answer("1 2")]
    whole = world.engine(ideas)
    run_in_process(whole, "s")
    broken = world.engine(ideas)
    broken.prepare("s")
    for number in broken.advance("s").opened[::2]:
        broken.store.record_outcome("s", broken.carry_out("s", number))
    resumed = Engine(broken.store, broken.tools)
    run_in_process(resumed, "s")
    assert shape(record(resumed)) == shape(record(whole))


def test_advancing_twice_opens_a_trial_once(world: World) -> None:
    search = world.engine(NOISE, width=3)
    search.prepare("s")
    assert search.advance("s").opened == (0, 1, 2)
    assert search.advance("s").opened == ()


def test_a_sandbox_that_dies_once_costs_nothing(world: World) -> None:
    deaths = iter([False] * 6 + [True])

    def mortal(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if next(deaths, False):
            raise SandboxLost("gone")
        return run(files, spec)

    search = world.engine([*NOISE, answer("1 2")], script=mortal)
    run_in_process(search, "s")
    assert record(search).phase == "done"
    assert all(t.outcome and t.outcome.kind != "lost" for t in record(search).trials)


class Refusing:
    """A policy whose model cannot be asked."""

    name = "refusing"
    ceiling = Ceiling()

    def __init__(self, error: Exception) -> None:
        self.error = error

    def propose(self, position: Position, states: States) -> Proposal:
        raise self.error


@pytest.mark.parametrize(
    "error", [ModelUnreachable("nobody at that address"), ModelRefusedKey("the key is wrong")]
)
def test_a_model_that_cannot_be_asked_fails_the_search_with_its_words(
    world: World, error: Exception
) -> None:
    search = world.engine([])
    search.tools = replace(search.tools, policy=lambda _: Refusing(error))
    run_in_process(search, "s")
    told = record(search)
    assert told.phase == "failed"
    assert str(error) in str(told.cause)
    assert [t.number for t in told.trials if t.outcome is None] == []


def test_lost_trials_add_no_visit(world: World) -> None:
    search = world.engine([])
    search.tools = replace(search.tools, policy=lambda _: Refusing(ModelUnreachable("x")))
    run_in_process(search, "s")
    tree = grown_tree(record(search))
    assert (tree.nodes[0].visits, len(tree.nodes)) == (0, 1)


def test_a_policy_sees_what_was_tried_at_its_node_and_nothing_told_later(world: World) -> None:
    search = world.engine([answer("a"), answer("b"), answer("c"), answer("1 2")], width=2)
    seen: list[Position] = []
    scripted = search.tools.policy(record(search))

    class Spy:
        name = "spy"
        ceiling = Ceiling()

        def propose(self, position: Position, states: States) -> Proposal:
            seen.append(position)
            return scripted.propose(position, states)

    search.tools = replace(search.tools, policy=lambda _: Spy())
    run_in_process(search, "s", workers=1)
    assert [len(p.tried) for p in seen][:4] == [0, 0, 1, 2]
    assert isinstance(search.store, MemoryStore)


def test_a_sandbox_that_dies_while_preparing_leaves_the_search_resumable(world: World) -> None:
    deaths = iter([True])

    def mortal(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if next(deaths, False):
            raise SandboxLost("gone")
        return run(files, spec)

    search = world.engine([*NOISE, answer("1 2")], script=mortal)
    with pytest.raises(SandboxLost):
        search.prepare("s")
    assert record(search).phase == "preparing"
    run_in_process(search, "s")
    assert record(search).phase == "done"


def test_an_edit_of_the_tests_is_a_failed_one(world: World) -> None:
    search = world.engine([{"tests/test_answer.py": b"assert True\n"}])
    run_in_process(search, "s")
    first = record(search).trials[0].outcome
    assert first is not None
    assert (first.kind, first.reason) == ("failed", "changes_tests")


def test_a_test_that_caught_an_edit_is_asked_first_from_then_on(world: World) -> None:
    breaking = [{"answer.txt": f"1 2 {n}\n".encode()} for n in range(6)]
    search = world.engine(breaking, width=1, max_depth=1)
    run_in_process(search, "s", workers=1)
    runs = [c.spec.argv for c in world.sandboxes[0].calls if "pytest" in c.spec.argv]
    alone = [argv for argv in runs if argv[-1] == "t::keep"]
    # Once on the base, to see that it stands alone; then once for each edit after the first.
    assert len(alone) == 2 * 5
    assert record(search).phase == "abstained"


def test_a_verdict_is_reached_though_no_model_can_be_asked_any_more(world: World) -> None:
    search = world.engine([answer("keep 1 2")], candidates=1)
    search.prepare("s")
    while (step := search.advance("s")).opened or not step.decide:
        for number in step.opened:
            search.store.record_outcome("s", search.carry_out("s", number))

    def refuse(_: SearchRecord) -> Policy:
        raise ModelRefusedKey("the key is wrong")

    elsewhere = Engine(search.store, replace(search.tools, policy=refuse))
    elsewhere.decide("s")
    verdict = record(search).verdict
    assert verdict is not None
    assert verdict.decision == "patch"


def test_a_search_that_cannot_go_on_without_its_model_fails_with_the_reason(world: World) -> None:
    search = world.engine([answer("keep 1 2")], candidates=1)
    search.prepare("s")

    def refuse(_: SearchRecord) -> Policy:
        raise ModelRefusedKey("the key is wrong")

    elsewhere = Engine(search.store, replace(search.tools, policy=refuse))
    assert elsewhere.advance("s").opened == ()
    assert (record(search).phase, record(search).cause) == (
        "failed",
        "the model cannot be asked: the key is wrong",
    )
