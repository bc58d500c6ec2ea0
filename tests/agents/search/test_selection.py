"""Formulas against numbers worked by hand."""

import math

import pytest

from agents.search.selection import exploration_bonus, uct, widening_limit
from agents.search.tree import Node, NodeId


def node(visits: int = 0, pending: int = 0, value_sum: float = 0.0, value: float = 0.0) -> Node:
    made = Node(NodeId(1), None, 0, "s", value)
    made.visits, made.pending, made.value_sum = visits, pending, value_sum
    return made


def test_uct_counts_open_trials_as_visits_without_value() -> None:
    # Q = 1.5/3; parent N + O = 7 + 1; child N + O = 3 + 1; ln 8 = 2.0794415
    score = uct(node(visits=7, pending=1), node(visits=3, pending=1, value_sum=1.5), 0.5)
    assert score == pytest.approx(0.5 + 0.5 * math.sqrt(2 * 2.0794415416798357 / 4))
    assert score == pytest.approx(1.0098334, abs=1e-6)


def test_a_child_that_only_has_pending_visits_stands_at_its_own_value() -> None:
    assert uct(node(visits=1), node(pending=1, value=0.25), 0.5) == pytest.approx(0.25)


def test_what_was_never_tried_has_an_infinite_bonus_and_more_visits_lower_it() -> None:
    assert exploration_bonus(5, 0, 1.0) == math.inf
    assert exploration_bonus(9, 2, 1.0) > exploration_bonus(9, 3, 1.0)


@pytest.mark.parametrize(
    ("visits", "pending", "limit"), [(0, 0, 1), (1, 0, 2), (3, 1, 4), (14, 2, 8), (99, 1, 20)]
)
def test_the_widening_limit_grows_as_a_power_of_the_visits(
    visits: int, pending: int, limit: int
) -> None:
    assert widening_limit(node(visits=visits, pending=pending), k=2.0, alpha=0.5) == limit
