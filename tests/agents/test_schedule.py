from dataclasses import replace

import pytest

from agents.domain import Baseline, Ceiling, Issue, Outcome, Preparation, Reproduction, Usage
from agents.errors import PriceUnknown
from agents.llm.pricing import Price
from agents.schedule import (
    Plan,
    Purse,
    infrastructure_failure,
    limit_left,
    plan,
    search_limits,
    wall_left,
)
from agents.search.strategies.best_of_n import BestOfN
from agents.settings import Limits, SearchSettings
from agents.store import SearchRecord, StoredTrial
from agents.workload import Slowness, Workload

PREPARED = Preparation(base="b", commit="c", environment="e")


def record(told: int = 0, usage: Usage | None = None, **settings: object) -> SearchRecord:
    """A search of width 2 with `told` trials, each of which made a node."""
    trials = tuple(
        StoredTrial(
            number=n,
            node=0,
            ordinal=n,
            told=max(0, n - 1),
            outcome=Outcome(trial=n, kind="expanded", state=f"s{n}", usage=usage or Usage()),
        )
        for n in range(told)
    )
    return SearchRecord(
        id="s",
        issue=Issue(repo="r", base_commit="c", problem_statement="p"),
        settings=SearchSettings(width=2, **settings),  # type: ignore[arg-type]
        preparation=PREPARED,
        trials=trials,
        started_at=100.0,
    )


PURSE = Purse(trial=Ceiling(tokens=10_000, usd=0.5))


def planned(given: SearchRecord, now: float = 100.0, purse: Purse = PURSE) -> Plan:
    return plan(given, BestOfN(), now, purse)


def test_as_many_trials_are_opened_as_the_width_allows() -> None:
    assert [trial.number for trial in planned(record()).opened] == [0, 1]


def test_a_trial_is_opened_only_when_the_one_a_width_before_it_was_told() -> None:
    given = record(told=2)
    first_open = replace(given, trials=(replace(given.trials[0], outcome=None), given.trials[1]))
    assert planned(first_open).opened == ()
    assert [(t.number, t.told) for t in planned(given).opened] == [(2, 1), (3, 2)]


def test_a_limit_on_nodes_ends_the_search_once_all_are_told() -> None:
    given = record(told=4, limits=Limits(nodes=4))
    assert (planned(given).opened, planned(given).limit) == ((), "nodes")


def test_a_limit_on_wall_clock_leaves_a_tenth_for_the_verifier() -> None:
    limits = Limits(wall_s=100.0)
    assert planned(record(told=2, limits=limits), now=189.0).over is None
    assert planned(record(told=2, limits=limits), now=190.5).limit == "wall_s"
    assert search_limits(limits)["wall_s"] == pytest.approx(90.0)


def test_tokens_are_reserved_before_a_model_is_asked() -> None:
    spent = Usage(prompt_tokens=4_000)
    roomy = record(told=2, usage=spent, policy=("llm",), limits=Limits(tokens=40_000))
    tight = record(told=2, usage=spent, policy=("llm",), limits=Limits(tokens=12_000))
    assert len(planned(roomy).opened) == 2
    assert (planned(tight).opened, planned(tight).limit) == ((), "tokens")


def test_dollars_are_reserved_before_a_model_is_asked() -> None:
    spent = Usage(usd=0.2)
    roomy = record(told=2, usage=spent, limits=Limits(usd=1.5))
    tight = record(told=2, usage=spent, limits=Limits(usd=0.8))
    assert len(planned(roomy).opened) == 2
    assert (planned(tight).opened, planned(tight).limit) == ((), "usd")


def test_cached_tokens_are_booked_at_their_price() -> None:
    price = Price(prompt=10.0, cached=1.0, completion=0.0)
    spent = Usage(prompt_tokens=20_000, usd=price.cost(20_000, 20_000, 0))
    assert planned(record(told=2, usage=spent, limits=Limits(usd=1.2))).opened


def test_calls_without_a_price_are_booked_at_what_was_promised() -> None:
    unpriced = record(told=2, usage=Usage(usd=None), limits=Limits(usd=1.4))
    assert planned(unpriced).limit == "usd"
    assert planned(record(told=2, limits=Limits(usd=1.4))).limit is None


def test_a_lost_trial_is_booked_at_what_was_promised() -> None:
    given = record(told=2, limits=Limits(tokens=29_999))
    trials = tuple(replace(t, outcome=Outcome(trial=t.number, kind="lost")) for t in given.trials)
    assert len(planned(given).opened) == 2
    assert planned(replace(given, trials=trials)).limit == "tokens"


TIMED = replace(PREPARED, baseline=Baseline(seconds=8.0), reproduction=Reproduction(seconds=2.0))


@pytest.mark.parametrize(("limit", "opened"), [(19.0, 0), (22.0, 1), (32.0, 2)])
def test_an_open_trial_holds_the_seconds_that_its_tests_took_on_the_base(
    limit: float, opened: int
) -> None:
    """10 s for each of two trials, beside 12 s for a candidate's climb, or half."""
    given = replace(record(limits=Limits(sandbox_s=limit)), preparation=TIMED)
    assert len(planned(given).opened) == opened


SLOW = replace(
    PREPARED,
    slowness=Slowness(workload=Workload(script=""), seconds=0.5, digest="d", wall_s=1.0),
)


@pytest.mark.parametrize(("limit", "opened"), [(47.0, 0), (49.0, 1), (63.0, 1), (89.0, 2)])
def test_an_open_trial_holds_the_seconds_of_its_workloads_runs(limit: float, opened: int) -> None:
    """24 s for each of two trials, beside 40 s for a candidate's climb, or half."""
    given = replace(record(limits=Limits(sandbox_s=limit)), preparation=SLOW)
    assert len(planned(given).opened) == opened


def test_a_trial_that_would_end_after_the_wall_clock_limit_is_not_opened() -> None:
    given = replace(record(limits=Limits(wall_s=100.0)), preparation=TIMED)
    assert planned(given, now=177.0).opened
    assert planned(given, now=179.0).limit == "wall_s"


def test_trials_that_take_longer_than_the_tests_say_how_long_one_more_takes() -> None:
    given = record(told=2, limits=Limits(wall_s=100.0))
    slow = tuple(
        replace(t, outcome=t.outcome and replace(t.outcome, seconds=30.0)) for t in given.trials
    )
    assert planned(replace(given, trials=slow), now=159.0).opened
    assert planned(replace(given, trials=slow), now=161.0).limit == "wall_s"


def test_the_verifiers_share_is_what_a_climb_takes_but_at_most_half() -> None:
    limits = Limits(sandbox_s=100.0, tokens=1_000, usd=2.0)
    for_models = Ceiling(tokens=300, usd=0.5)
    assert search_limits(limits, 30.0, for_models) == {
        "sandbox_s": 70.0,
        "tokens": 700.0,
        "usd": 1.5,
        "wall_s": 1620.0,
    }
    assert search_limits(limits, 99.0)["sandbox_s"] == 50.0
    assert search_limits(Limits(tokens=100, wall_s=None), 0.0, for_models) == {"tokens": 50.0}


@pytest.mark.parametrize("asking", ["trial", "verification", "preparation"])
def test_a_limit_in_dollars_needs_every_price(asking: str) -> None:
    purse = replace(Purse(), **{asking: Ceiling(tokens=1, usd=None)})
    purse.check(Limits(tokens=5))
    with pytest.raises(PriceUnknown, match="judges included"):
        purse.check(Limits(usd=1.0))


@pytest.mark.parametrize(
    ("limits", "fits"),
    [
        (Limits(tokens=None), True),
        (Limits(tokens=6, usd=1.5), True),
        (Limits(tokens=5), False),
        (Limits(tokens=None, usd=1.4), False),
    ],
)
def test_preparing_must_leave_enough_for_a_trial_and_the_verification(
    limits: Limits, fits: bool
) -> None:
    purse = Purse(
        preparation=Ceiling(tokens=3, usd=0.5),
        trial=Ceiling(tokens=2, usd=0.5),
        verification=Ceiling(tokens=1, usd=0.5),
    )
    assert purse.fits(limits) is fits


def test_time_is_left_until_the_limit_or_until_the_verifiers_share() -> None:
    given = record(limits=Limits(wall_s=100.0, sandbox_s=50.0))
    assert wall_left(given, 130.0) == 70.0
    assert wall_left(given, 130.0, reserve=True) == 60.0
    assert limit_left(given, Usage(sandbox_s=20.0), 130.0) == 30.0
    assert limit_left(given, Usage(), 195.0) == 5.0
    assert wall_left(record(limits=Limits(wall_s=None)), 1e9) == float("inf")


def test_sandbox_seconds_are_counted() -> None:
    given = record(told=3, usage=Usage(sandbox_s=10.0), limits=Limits(sandbox_s=20.0))
    assert planned(given).limit == "sandbox_s"


def test_three_lost_trials_in_a_row_are_the_infrastructures_failure() -> None:
    given = record(told=3)
    lost = Outcome(trial=0, kind="lost", reason="no answer")
    trials = tuple(replace(t, outcome=replace(lost, trial=t.number)) for t in given.trials)
    assert infrastructure_failure(replace(given, trials=trials)) == "no answer"
    assert infrastructure_failure(replace(given, trials=(*trials[:2], given.trials[2]))) is None
