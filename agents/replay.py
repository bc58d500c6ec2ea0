"""A search once more, out of its record: the same tree, with no model.

Preparation, every run and the verification are done again; what models said comes from the record.
What depended on time is taken from the record as well: when each trial was opened, and which trials
the infrastructure lost. So no limit counts here.
"""

import json
from dataclasses import dataclass, replace

from agents.differences import first_difference
from agents.domain import Outcome
from agents.engine import Advance, Engine
from agents.registry import strategy_of
from agents.search.strategy import Strategy, rng_for
from agents.search.tree import fold
from agents.settings import Limits
from agents.store import (
    MemoryStore,
    SearchRecord,
    StoredTrial,
    bare_tree,
    history,
    result_of,
    tree_json,
)
from agents.tools import Tools
from agents.verify.written import Writing

WITHOUT_LIMITS = Limits(nodes=None, wall_s=None)


def replaying(tools: Tools, recorded: SearchRecord) -> "Replaying":
    """An engine on a store of its own that holds the same search, not begun.

    `tools` must answer model calls from the record: see `agents.llm.recorded`. Of a search that is
    not over, what was told without a gap is done again.

    Raises: ValueError if the search was never prepared.
    """
    if recorded.preparation is None:
        raise ValueError(f"search {recorded.id} was never prepared")
    store = MemoryStore()
    # The very commit: a name such as HEAD may have moved on since.
    issue = replace(recorded.issue, base_commit=recorded.preparation.commit)
    settings = replace(recorded.settings, limits=WITHOUT_LIMITS)
    store.add(SearchRecord(id=recorded.id, issue=issue, settings=settings))
    return Replaying(store, tools, recorded=told_part(recorded))


@dataclass(slots=True, kw_only=True)
class Replaying(Engine):
    """Opens trials when the record says so, whatever the limits and however long things take."""

    recorded: SearchRecord

    def advance(self, search: str) -> Advance:
        record = self.store.load(search)
        if record.phase != "searching":
            return Advance(decide=record.phase == "verifying")
        strategy = strategy_of(record.settings, len(record.issue.candidates))
        opened, over = follow(record, strategy, self.recorded.trials)
        if over:
            self.store.set_phase(search, "verifying")
            return Advance(decide=True)
        self.store.open_trials(search, opened)
        return Advance(opened=tuple(trial.number for trial in opened))

    def _writing(self, record: SearchRecord) -> Writing | None:
        """Tests are written where they were: without limits there would be room for more."""
        then = self.recorded.preparation
        asked = then and (then.reproduction.written or then.reproduction.dropped)
        return super(Replaying, self)._writing(record) if asked else None

    def carry_out(self, search: str, number: int) -> Outcome:
        """A trial that was lost then is lost now: no tree follows from it."""
        then = self.recorded.trials[number].outcome
        lost = then is not None and then.kind == "lost"
        return then if lost and then else super(Replaying, self).carry_out(search, number)


def told_part(recorded: SearchRecord) -> SearchRecord:
    """The trials that were told without a gap."""
    return replace(recorded, trials=recorded.trials[: recorded.known])


def follow(
    record: SearchRecord, strategy: Strategy, pace: tuple[StoredTrial, ...]
) -> tuple[tuple[StoredTrial, ...], bool]:
    """Trials to open now, each when as many were told as at its turn in `pace`; and whether all is
    over. The strategy alone says where they are opened."""
    tree = fold(bare_tree(record), history(record.trials))
    told = record.trials[-1].told if record.trials else 0
    opened: list[StoredTrial] = []
    while tree.next_trial < len(pace):
        turn = pace[tree.next_trial]
        while told < turn.told:
            outcome = record.trials[told].outcome if told < len(record.trials) else None
            if outcome is None:
                return tuple(opened), False
            strategy.tell(tree, result_of(outcome))
            told += 1
        trial = strategy.ask(tree, rng_for(record.settings.seed, tree.next_trial))
        if trial is None:
            break
        opened.append(
            StoredTrial(
                number=trial.number,
                node=trial.node,
                ordinal=trial.ordinal,
                told=told,
                stage=trial.stage,
                arm=trial.arm,
            )
        )
    return tuple(opened), not opened and record.known == len(record.trials)


def difference(recorded: SearchRecord, again: SearchRecord) -> str | None:
    """The first difference between the trees, in words; None: byte for byte the same."""
    shown = again if recorded.verdict else replace(again, verdict=None)
    was, now = tree_json(told_part(recorded)), tree_json(shown)
    if was == now:
        return None
    return first_difference(json.loads(was), json.loads(now)) or "the JSON is written otherwise"
