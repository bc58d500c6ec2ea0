"""Turns between policies, as a function of the ordinal and the members' answers alone."""

from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.domain import Edit, Issue, Note, Preparation, Stage
from agents.policy.mixed_policy import MixedPolicy
from agents.policy.protocol import Exhausted, Noted, Position, Proposal, Proposed
from sandbox.protocol import StateId, States

STATES = cast("States", None)
POSITION = Position(
    search="s",
    trial=0,
    issue=Issue(repo="r", base_commit="c", problem_statement="p"),
    preparation=Preparation(base="b", commit="c", environment="e"),
    state=StateId("b"),
    ordinal=0,
    seed="0",
)


@dataclass
class Ideas:
    """A policy with so many ideas."""

    name: str
    count: int
    endless: bool = False
    asked: list[int] = field(default_factory=list)

    def propose(self, position: Position, states: States) -> Proposal:
        self.asked.append(position.ordinal)
        if position.ordinal >= self.count:
            return Exhausted()
        return Proposed(edit=Edit(changes={}, summary=f"{self.name}{position.ordinal}", origin=""))


def answers(mixed: MixedPolicy, ordinals: range) -> list[str]:
    """Summaries; ``-`` for Exhausted."""
    got = [mixed.propose(replace(POSITION, ordinal=n), STATES) for n in ordinals]
    return [answer.edit.summary if isinstance(answer, Proposed) else "-" for answer in got]


def test_turns_go_round_and_pass_over_who_has_run_out() -> None:
    mixed = MixedPolicy((Ideas("a", 99, endless=True), Ideas("b", 2)))
    assert answers(mixed, range(7)) == ["a0", "b0", "a1", "b1", "a2", "a3", "a4"]
    assert mixed.name == "a+b"


def test_exhausted_when_all_are() -> None:
    mixed = MixedPolicy((Ideas("a", 1), Ideas("b", 3)))
    assert answers(mixed, range(6)) == ["a0", "b0", "b1", "b2", "-", "-"]
    assert answers(MixedPolicy((Ideas("a", 0),)), range(2)) == ["-", "-"]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=4))
def test_every_idea_comes_exactly_once_in_any_order_of_asking(counts: list[int]) -> None:
    mixed = MixedPolicy(tuple(Ideas("abcd"[n], count) for n, count in enumerate(counts)))
    total = sum(counts)
    got = answers(mixed, range(total + 3))
    assert sorted(got[:total]) == sorted(
        f"{'abcd'[n]}{k}" for n, count in enumerate(counts) for k in range(count)
    )
    assert got[total:] == ["-"] * 3
    assert answers(mixed, range(total - 1, -1, -1)) == got[:total][::-1]


def test_an_endless_member_is_asked_only_when_it_answers() -> None:
    paid = Ideas("a", 99, endless=True)
    mixed = MixedPolicy((paid, Ideas("b", 3)))
    answers(mixed, range(8))
    assert paid.asked == [0, 1, 2, 3, 4]


def test_an_endless_member_that_ends_all_the_same_is_passed_over() -> None:
    mixed = MixedPolicy((Ideas("a", 1, endless=True), Ideas("b", 9, endless=True)))
    assert "-" not in answers(mixed, range(8))
    both = MixedPolicy((Ideas("a", 0, endless=True), Ideas("b", 0, endless=True)))
    assert answers(both, range(3)) == ["-", "-", "-"]


@dataclass
class Staged:
    """A policy that answers one stage alone, so many times."""

    name: str
    stage: Stage
    count: int

    def propose(self, position: Position, states: States) -> Proposal:
        if position.stage != self.stage or position.ordinal >= self.count:
            return Exhausted()
        return Noted(note=Note(text=f"{self.name}{position.ordinal}"))


def test_a_stage_goes_round_among_those_who_can_answer_it() -> None:
    members = (Staged("a", "localise", 2), Staged("b", "plan", 1), Staged("c", "localise", 3))
    mixed = MixedPolicy(members)

    def texts(stage: Stage) -> list[str]:
        got = [mixed.propose(replace(POSITION, stage=stage, ordinal=n), STATES) for n in range(6)]
        return [answer.note.text if isinstance(answer, Noted) else "-" for answer in got]

    assert texts("localise") == ["a0", "c0", "a1", "c1", "c2", "-"]
    assert texts("plan") == ["b0", "-", "-", "-", "-", "-"]
    assert texts("edit") == ["-"] * 6


def test_one_member_at_least() -> None:
    with pytest.raises(ValueError, match="at least one"):
        MixedPolicy(())
