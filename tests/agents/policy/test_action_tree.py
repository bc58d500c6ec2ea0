"""Plans merged by their common beginnings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.domain import Plan
from agents.policy.action_tree import action_tree, leaves, outline, same


def test_plans_that_begin_alike_share_a_path_and_the_most_sampled_comes_first() -> None:
    tree = action_tree([["a", "b"], ["c"], ["A.", "d"], ["`a`", "b"]])
    assert outline(tree) == "- a (3)\n  - b (2)\n  - d (1)\n- c (1)\n"
    assert leaves(tree) == (
        Plan(steps=("a", "b"), weight=0.5),
        Plan(steps=("a", "d"), weight=0.25),
        Plan(steps=("c",), weight=0.25),
    )


def test_a_plan_may_end_where_another_goes_on() -> None:
    tree = action_tree([["a"], ["a", "b"], []])
    assert leaves(tree) == (Plan(steps=("a",), weight=0.5), Plan(steps=("a", "b"), weight=0.5))


def test_no_samples_no_plans() -> None:
    assert leaves(action_tree([[], []])) == ()


def test_steps_are_the_same_whatever_their_case_and_decoration() -> None:
    assert same("In `low`, return b.") == same("in low return  b")
    assert same("return a < b") != same("return a <= b")


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=8))
def test_every_distinct_plan_comes_once_and_weights_are_shares(samples: list[list[str]]) -> None:
    told = [tuple(sample) for sample in samples if sample]
    found = leaves(action_tree(samples))
    assert sorted(plan.steps for plan in found) == sorted(set(told))
    assert [plan.weight for plan in found] == sorted((p.weight for p in found), reverse=True)
    for plan in found:
        assert plan.weight == pytest.approx(told.count(plan.steps) / len(told))
