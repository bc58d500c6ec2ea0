import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.search.budget import Budget


def test_a_reservation_that_would_pass_a_limit_names_it_and_promises_nothing() -> None:
    budget = Budget({"tokens": 100, "usd": 1})
    assert budget.reserve("a", {"tokens": 60}) is None
    assert budget.reserve("b", {"usd": 0.1, "tokens": 41}) == "tokens"
    assert budget.left("usd") == 1
    assert budget.reserve("b", {"tokens": 40}) is None


def test_settling_replaces_the_promise_by_the_cost() -> None:
    budget = Budget({"tokens": 100})
    budget.reserve("a", {"tokens": 60})
    budget.settle("a", {"tokens": 10})
    assert budget.left("tokens") == 90


def test_a_limit_is_hit_when_it_is_spent_not_when_it_is_promised() -> None:
    budget = Budget({"tokens": 100})
    budget.reserve("a", {"tokens": 100})
    assert budget.hit() is None
    budget.settle("a", {"tokens": 100})
    assert budget.hit() == "tokens"


def test_one_key_holds_one_reservation() -> None:
    budget = Budget({})
    budget.reserve("a", {"tokens": 1})
    with pytest.raises(ValueError, match="already"):
        budget.reserve("a", {"tokens": 1})


def test_what_has_no_limit_is_counted_all_the_same() -> None:
    budget = Budget({})
    budget.settle("a", {"sandbox_s": 2.5})
    assert (budget.spent["sandbox_s"], budget.left("sandbox_s")) == (2.5, float("inf"))


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 1)), max_size=64))
def test_calls_that_cost_no_more_than_promised_never_pass_the_limit(
    calls: list[tuple[float, float]],
) -> None:
    budget = Budget({"usd": 100.0})
    granted = [k for k, (most, _) in enumerate(calls) if budget.reserve(k, {"usd": most}) is None]
    for key in granted:
        most, share = calls[key]
        budget.settle(key, {"usd": most * share})
        assert budget.left("usd") >= -1e-9
