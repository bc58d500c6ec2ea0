"""A planner that is kept plans what a new one would; a path needs no tree."""

from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.domain import Ceiling, Issue, Outcome, Preparation, Usage
from agents.registry import STRATEGIES, strategy_of
from agents.schedule import Plan, Planner, Purse, plan
from agents.search.tree import NodeId
from agents.settings import Limits, SearchSettings
from agents.store import SearchRecord, StoredTrial, grown_tree, path_to

CEILING = Purse(trial=Ceiling(tokens=100))
KINDS = ("expanded", "expanded", "expanded", "failed", "exhausted", "lost")


def queued(**chosen: object) -> SearchRecord:
    return SearchRecord(
        id="s",
        issue=Issue(repo="r", base_commit="c", problem_statement="p"),
        settings=SearchSettings(**chosen),  # type: ignore[arg-type]
        preparation=Preparation(base="b", commit="c", environment="e"),
        started_at=1.0,
    )


def outcome_of(trial: StoredTrial, seed: int) -> Outcome:
    """By the trial alone, as if it were carried out."""
    draw = Random(f"{seed}:{trial.number}")
    kind = draw.choice(KINDS)
    return Outcome(
        trial=trial.number,
        kind=kind,  # type: ignore[arg-type]
        state=f"s{draw.randrange(40)}" if kind == "expanded" else None,
        value=draw.random(),
        solved=kind == "expanded" and draw.random() < 0.03,
        usage=Usage(prompt_tokens=draw.randrange(100)),
        stage=trial.stage,
    )


@dataclass
class Search:
    """A search whose trials come back in any order, planned by a planner that is kept."""

    record: SearchRecord
    seed: int
    draw: Random
    kept: Planner | None = None
    followed: int = 0
    """How often the kept planner could be used."""
    now: float = 1.0
    plans: list[Plan] = field(default_factory=list)

    def fresh(self) -> Plan:
        return plan(self.record, strategy_of(self.record.settings), self.now, CEILING)

    def planned(self) -> Plan:
        if self.kept is None or not self.kept.follows(self.record):
            self.kept = Planner(self.record, strategy_of(self.record.settings), CEILING)
        else:
            self.followed += 1
        return self.kept.plan(self.record, self.now)

    def open(self, opened: tuple[StoredTrial, ...]) -> None:
        self.record = replace(self.record, trials=self.record.trials + opened)

    def come_back(self) -> None:
        """One of the open trials, by lot."""
        trials = list(self.record.trials)
        number = self.draw.choice([t.number for t in trials if t.outcome is None])
        trials[number] = replace(trials[number], outcome=outcome_of(trials[number], self.seed))
        self.record = replace(self.record, trials=tuple(trials))

    def run(self, *, others: float) -> None:
        """To the end; with probability `others`, somebody else plans and opens in between."""
        while True:
            self.now += self.draw.random()
            expected = self.fresh()
            found = expected if self.draw.random() < others else self.planned()
            assert found == expected
            self.plans.append(found)
            self.open(found.opened)
            if all(trial.outcome for trial in self.record.trials):
                return
            for _ in range(self.draw.randrange(1, 4)):
                if not all(trial.outcome for trial in self.record.trials):
                    self.come_back()


@given(
    strategy=st.sampled_from(sorted(STRATEGIES)),
    width=st.integers(1, 6),
    seed=st.integers(0, 1000),
    others=st.sampled_from([0.0, 0.3]),
    limits=st.sampled_from(
        [Limits(nodes=40), Limits(nodes=60, tokens=2_000), Limits(nodes=60, wall_s=12.0)]
    ),
)
@settings(max_examples=60, deadline=None)
def test_a_kept_planner_plans_what_a_new_one_would(
    strategy: str, width: int, seed: int, others: float, limits: Limits
) -> None:
    start = queued(strategy=strategy, width=width, seed=seed, limits=limits, max_breadth=5)
    search = Search(start, seed, Random(seed))
    search.run(others=others)
    record = search.record
    tree = grown_tree(record)
    for trial in record.trials:
        made = [tree[node].trial for node in tree.path(NodeId(trial.node))]
        assert list(path_to(record.trials, trial)) == made[1:]


@pytest.mark.parametrize("others", [0.0, 0.3])
def test_such_searches_get_somewhere_and_the_planner_is_really_kept(others: float) -> None:
    start = queued(strategy="mcts", width=4, seed=1, limits=Limits(nodes=40))
    search = Search(start, 1, Random(1))
    search.run(others=others)
    assert len(search.record.trials) > 20
    assert search.followed > 5


def test_a_planner_whose_trials_were_not_stored_does_not_follow() -> None:
    start = queued(width=2)
    planner = Planner(start, strategy_of(start.settings), CEILING)
    assert len(planner.plan(start, 1.0).opened) == 2
    assert not planner.follows(start)


def test_a_planner_does_not_follow_a_clock_that_was_set_back() -> None:
    start = queued(width=2)
    planner = Planner(start, strategy_of(start.settings), CEILING)
    later = replace(start, trials=planner.plan(start, 1.0).opened)
    assert planner.follows(later)
    assert not planner.follows(replace(later, started_at=9.0))


def test_a_planner_does_not_follow_whoever_opened_before_it_had_told_so_much() -> None:
    """Two machines whose clocks differ, at the end of the wall-clock limit."""
    start = queued(width=2, limits=Limits(wall_s=10.0))
    planner = Planner(start, strategy_of(start.settings), CEILING)
    search = Search(start, 1, Random(1))
    search.open(planner.plan(start, 1.0).opened)
    search.come_back()
    search.come_back()
    assert planner.follows(search.record)
    assert planner.plan(search.record, 10.5).opened == ()
    search.open(search.fresh().opened)
    assert [trial.told for trial in search.record.trials] == [0, 0, 1, 2]
    assert not planner.follows(search.record)
