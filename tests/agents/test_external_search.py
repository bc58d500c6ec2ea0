"""A search that begins with patches of other systems, or consists of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from agents.domain import External, Verdict
from agents.driver import run_in_process
from agents.engine import Engine
from agents.policy.external_policy import ExternalPolicy
from agents.policy.external_settings import beginning_with, choosing
from agents.policy.protocol import Policy
from agents.policy.scripted_policy import Changes, ScriptedPolicy
from agents.registry import check
from agents.replay import difference, replaying
from agents.settings import SearchSettings, Verification
from agents.store import SearchRecord
from agents.tools import Tools
from sandbox.protocol import StateId
from tests.agents.toy import World, answer

RIGHT, HALF, NOISE = answer("1 2"), answer("1"), answer("a")
TESTS: Changes = {"tests/test_answer.py": b"def test():\n    pass\n"}


def patches(world: World, engine: Engine, edits: Sequence[Changes]) -> tuple[External, ...]:
    """Git diffs of the toy repository, named ``s0``, ``s1`` and so on."""
    states = engine.tools.sandbox.states
    base, _ = states.import_commit(world.repository, "HEAD")
    return tuple(
        External(name=f"s{n}", patch=states.diff(base, states.fork(base, edit)))
        for n, edit in enumerate(edits)
    )


def given(world: World, edits: Sequence[Changes], own: Policy | None = None, **more: Any) -> Engine:
    """An engine whose search has those patches, and perhaps a policy of its own."""
    engine = world.engine([], **more)
    candidates = patches(world, engine, edits)
    asked = engine.store.load("s")
    settings = choosing(asked.settings, len(edits))
    if own is not None:
        settings = beginning_with(asked.settings, len(edits))
    check(settings)
    issue = replace(asked.issue, candidates=candidates)
    engine.store.searches["s"] = replace(asked, issue=issue, settings=settings)  # type: ignore[attr-defined]
    engine.tools = replace(engine.tools, policy=lambda _: ExternalPolicy(own))
    return engine


def searched(engine: Engine) -> SearchRecord:
    run_in_process(engine, "s")
    return engine.store.load("s")


def verdict_of(record: SearchRecord) -> Verdict:
    assert record.verdict is not None
    return record.verdict


def origins(record: SearchRecord) -> list[str]:
    return [t.outcome.origin for t in record.trials if t.outcome and t.outcome.kind != "exhausted"]


@pytest.mark.parametrize("place", [0, 1, 3])
def test_the_right_one_among_wrong_ones_is_chosen_wherever_it_stands(
    world: World, place: int
) -> None:
    edits = [NOISE, HALF, answer("2")]
    edits.insert(place, RIGHT)
    record = searched(given(world, edits))
    verdict = verdict_of(record)
    assert verdict.chosen == place
    assert [c.origin for c in verdict.candidates] == [f"external:s{place}"]
    assert b"+keep 1 2" in verdict.patch
    assert len(record.trials) == 4


def test_none_right_is_an_abstention_that_counts_them(world: World) -> None:
    verdict = verdict_of(searched(given(world, [NOISE, HALF, TESTS])))
    assert (verdict.decision, verdict.limit) == ("abstained", None)
    assert "none of 3 edits made the issue's tests pass" in verdict.reason


def test_no_number_of_passing_ones_leaves_another_out(world: World) -> None:
    edits = [answer(f"1 2 {n}") for n in range(40)]
    record = searched(given(world, edits, candidates=1, patience=0, width=1))
    assert len(record.trials) == 40
    assert len(verdict_of(record).candidates) == 40
    assert record.settings.verification.most == 40


def test_tests_that_came_with_a_patch_are_stored_beside_it_and_are_not_in_it(world: World) -> None:
    record = searched(given(world, [{**RIGHT, **TESTS}]))
    outcome = record.trials[0].outcome
    assert outcome is not None
    assert outcome.brought == TESTS
    assert b"test_answer" not in verdict_of(record).patch


def test_beside_an_own_policy_all_of_them_come_first(world: World) -> None:
    own = ScriptedPolicy([answer("b"), RIGHT])
    edits = [HALF, NOISE, answer("c")]  # the strategy alone would go on from the first
    record = searched(given(world, edits, own, strategy="adaptive", width=1))
    assert origins(record)[:3] == ["external:s0", "external:s1", "external:s2"]
    assert "scripted" in origins(record)
    assert verdict_of(record).decision == "patch"


def test_an_own_policy_is_not_asked_when_enough_of_them_pass(world: World) -> None:
    own = ScriptedPolicy([answer("b")])
    edits = [answer(f"1 2 {n}") for n in range(3)]
    record = searched(given(world, edits, own, candidates=2, width=1))
    assert origins(record) == ["external:s0", "external:s1", "external:s2"]


def test_an_own_policy_goes_on_from_what_they_reached(world: World) -> None:
    record = searched(given(world, [HALF], ScriptedPolicy([RIGHT]), strategy="trajectories"))
    assert any(trial.node != 0 for trial in record.trials)


@pytest.mark.parametrize("own", [None, ScriptedPolicy([answer("b"), RIGHT])])
def test_a_replay_gives_the_same_tree(world: World, own: Policy | None) -> None:
    edits = [HALF, NOISE, RIGHT, {**answer("1 2 x"), **TESTS}, TESTS]
    engine = given(world, edits, own, strategy="adaptive", width=1)
    recorded = searched(engine)
    again = replaying(engine.tools, recorded)
    run_in_process(again, "s", workers=1)
    assert difference(recorded, again.store.load("s")) is None
    assert len(recorded.trials) >= 5


def test_another_machine_makes_the_states_again(world: World) -> None:
    engine = given(world, [{**HALF, **TESTS}], ScriptedPolicy([RIGHT]), strategy="trajectories")
    recorded = searched(engine)
    outcome = recorded.trials[0].outcome
    assert outcome is not None
    tools: Tools = world.engine([]).tools
    base, _ = tools.sandbox.states.import_commit(world.repository, "HEAD")
    state = StateId(outcome.state or "")
    assert tools.sandbox.states.restore(base, outcome.patch, state) == state


def test_settings_name_it_once_and_first() -> None:
    named = SearchSettings(
        policy=("llm", "external", "mutation"), verification=Verification(most=8)
    )
    assert beginning_with(named, 3).policy == ("external", "llm", "mutation")
    assert beginning_with(named, 3).verification.most == 8
    assert choosing(named, 9).policy == ("external",)
    assert choosing(named, 9).verification.most == 9
