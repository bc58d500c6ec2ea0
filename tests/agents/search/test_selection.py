"""Formulas against numbers worked by hand."""

import math
from random import Random

import pytest

from agents.search.selection import (
    exploration_bonus,
    posterior,
    priors,
    puct,
    thompson,
    uct,
    widening_limit,
)
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


def test_puct_weighs_the_prior_by_the_root_of_the_parents_visits() -> None:
    # Q = 1.2/3; P = 0.5; sqrt(14 + 2) = 4; 1 + N + O = 1 + 3 + 1.
    score = puct(node(visits=14, pending=2), node(visits=3, pending=1, value_sum=1.2), 0.5, 2.0)
    assert score == pytest.approx(0.4 + 2.0 * 0.5 * 4 / 5)


def with_prior(prior: float | None) -> Node:
    made = node()
    made.prior = prior
    return made


def test_priors_sum_to_one_and_a_missing_one_is_average() -> None:
    found = priors([with_prior(0.6), with_prior(0.2), with_prior(None)])
    assert found == pytest.approx([0.5, 1 / 6, 1 / 3])
    assert priors([with_prior(None), with_prior(None)]) == [0.5, 0.5]
    assert priors([with_prior(0.0), with_prior(0.0)]) == [0.5, 0.5]


def test_the_posterior_adds_what_was_seen_and_pending_trials_keep_its_mean() -> None:
    assert posterior(3, 1.5, 0, (0.5, 0.5)) == (2.0, 2.0)
    alpha, beta = posterior(3, 1.5, 4, (0.5, 0.5))
    assert alpha / (alpha + beta) == pytest.approx(0.5)
    assert alpha + beta == pytest.approx(8.0)


def test_draws_lie_in_the_unit_interval_around_the_posterior_mean() -> None:
    draws = [thompson(8, 2.0, 0, (0.5, 0.5), Random(n)) for n in range(4_000)]
    assert all(0 <= draw <= 1 for draw in draws)
    assert sum(draws) / len(draws) == pytest.approx(2.5 / 9, abs=0.01)


def test_rounding_below_zero_does_no_harm() -> None:
    assert 0 <= thompson(1, 1 + 1e-12, 0, (0.01, 0.01), Random(0)) <= 1
    assert 0 <= thompson(3, 3.6, 0, (0.5, 0.5), Random(0)) <= 1
