from dataclasses import replace

import pytest

from agents.domain import Ceiling, Issue, Limits, Outcome, Preparation, SearchSettings, Usage
from agents.schedule import Plan, Purse, infrastructure_failure, plan, search_limits
from agents.search.strategies.best_of_n import BestOfN
from agents.store import SearchRecord, StoredTrial

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


def test_sandbox_seconds_are_counted() -> None:
    given = record(told=3, usage=Usage(sandbox_s=10.0), limits=Limits(sandbox_s=20.0))
    assert planned(given).limit == "sandbox_s"


def test_three_lost_trials_in_a_row_are_the_infrastructures_failure() -> None:
    given = record(told=3)
    lost = Outcome(trial=0, kind="lost", reason="no answer")
    trials = tuple(replace(t, outcome=replace(lost, trial=t.number)) for t in given.trials)
    assert infrastructure_failure(replace(given, trials=trials)) == "no answer"
    assert infrastructure_failure(replace(given, trials=(*trials[:2], given.trials[2]))) is None
