"""Which trials to open next. Pure, and the same for any number of workers.

The rule: while fewer than `width` trials are open, open one; otherwise tell the oldest. So the
place of trial t depends on the outcomes of the trials before it and on nothing else, such as
which worker happened to be faster. docs/adr/0002 says why.
"""

from dataclasses import dataclass

from agents.domain import Ceiling, Limits, Outcome, SearchSettings, Usage
from agents.search.budget import Budget
from agents.search.strategy import Strategy, rng_for
from agents.search.tree import NodeId, fold, open_trial
from agents.store import SearchRecord, StoredTrial, bare_tree, history, result_of

VERIFICATION_RESERVE = 0.1
"""Share of the wall-clock and sandbox limits that the search leaves for the ladder."""

LOST_IN_A_ROW = 3
"""After so many trials lost to the infrastructure, with nothing between them, a search fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do now. `over` says why nothing will be opened any more; None while it goes on."""

    opened: tuple[StoredTrial, ...]
    over: str | None = None
    limit: str | None = None
    """The budget's limit that ended it, if one did."""


def plan(record: SearchRecord, strategy: Strategy, now: float, ceiling: Ceiling) -> Plan:
    """Open what may be opened. `now`: POSIX seconds, for the wall-clock limit alone; `ceiling`: the
    most that one trial may cost.

    Raises: ValueError if the search is not prepared.
    """
    return Planner(record, strategy, ceiling).plan(record, now)


class Planner:
    """Grows with the record: all that it knows follows from what was opened and told, in order.

    A planner that is kept plans what a new one would, and need not fold the whole history again.
    """

    def __init__(self, record: SearchRecord, strategy: Strategy, ceiling: Ceiling) -> None:
        """Raises: ValueError if the search is not prepared."""
        if record.preparation is None:
            raise ValueError(f"search {record.id} is not prepared yet")
        self.record, self.strategy, self.ceiling = record, strategy, ceiling
        self.settings: SearchSettings = record.settings
        self.tree = fold(bare_tree(record), history(record.trials))
        self.told = record.trials[-1].told if record.trials else 0
        self.budget = Budget(search_limits(self.settings.limits))
        self._charge(record.preparation.usage)
        for outcome in self._outcomes(0, self.told):
            self._charge(outcome.usage)
        for trial in record.trials[self.told :]:
            self._reserve(trial.number)

    def follows(self, record: SearchRecord) -> bool:
        """Catch up with a later record of the same search; False where this planner cannot, and is
        of no more use.

        Trials are inserted once and never changed, so their number says how far the record is. It
        cannot where what it opened was not stored, where it had told more than whoever opened the
        next trial, or where the clock was set back.
        """
        if len(record.trials) < self.tree.next_trial or record.started_at != self.record.started_at:
            return False
        self.record = record
        for trial in record.trials[self.tree.next_trial :]:
            if trial.told < self.told:
                return False
            while self.told < trial.told:
                self._tell_next()
            open_trial(self.tree, NodeId(trial.node), trial.stage, trial.arm)
            self._reserve(trial.number)
        return True

    def plan(self, record: SearchRecord, now: float) -> Plan:
        """Open what may be opened; the same record again would be planned from there on."""
        self.record = record
        self.budget.spent["wall_s"] = now - (record.started_at or now)
        known = record.known
        opened: list[StoredTrial] = []
        while True:
            over, limit = self._over()
            if over is None and len(self.tree.open_trials) < self.settings.width:
                trial = self._open()
                if trial is not None:
                    opened.append(trial)
                    continue
                over = None if self.tree.open_trials else "no further idea was left"
            if over is not None and not self.tree.open_trials:
                return Plan(opened=tuple(opened), over=over, limit=limit)
            if self.told >= known:
                return Plan(opened=tuple(opened))
            self._tell_next()

    def _open(self) -> StoredTrial | None:
        trial = self.strategy.ask(self.tree, rng_for(self.settings.seed, self.tree.next_trial))
        if trial is None:
            return None
        self._reserve(trial.number)
        return StoredTrial(
            number=trial.number,
            node=trial.node,
            ordinal=trial.ordinal,
            told=self.told,
            stage=trial.stage,
            arm=trial.arm,
        )

    def _tell_next(self) -> None:
        (outcome,) = self._outcomes(self.told, self.told + 1)
        self.strategy.tell(self.tree, result_of(outcome))
        self._charge(outcome.usage, outcome.trial)
        self.told += 1

    def _over(self) -> tuple[str | None, str | None]:
        solutions = self.tree.solutions()
        if len(solutions) >= self.settings.candidates:
            return f"{len(solutions)} candidates were found", None
        if solutions and self.told - (solutions[0].trial or 0) > self.settings.patience:
            return "no other candidate was found in the trials after the first", None
        if self.strategy.finished(self.tree):
            return "no further idea was left", None
        limit = self._limit()
        return (f"the limit on {limit} was reached", limit) if limit else (None, None)

    def _limit(self) -> str | None:
        """The limit that forbids one more trial beside those open."""
        if self.tree.next_trial >= (self.settings.limits.nodes or float("inf")):
            return "nodes"
        if self.ceiling.tokens > self.budget.left("tokens"):
            return "tokens"
        return self.budget.hit()

    def _reserve(self, trial: int) -> None:
        """Promise an open trial the most it can take; `_limit` has seen that it is there."""
        self.budget.reserve(trial, {"tokens": self.ceiling.tokens})

    def _charge(self, usage: Usage, trial: int | None = None) -> None:
        """Book what was spent, in place of what was promised to the trial."""
        amounts = {"tokens": float(usage.tokens), "sandbox_s": usage.sandbox_s}
        self.budget.settle(trial, amounts | {"usd": usage.usd or 0.0})

    def _outcomes(self, start: int, stop: int) -> list[Outcome]:
        return [t.outcome for t in self.record.trials[start:stop] if t.outcome is not None]


def search_limits(limits: Limits) -> dict[str, float]:
    """What the search proper may spend; the rest of wall and sandbox time is the verifier's."""
    keep = 1.0 - VERIFICATION_RESERVE
    stated = {
        "tokens": limits.tokens,
        "usd": limits.usd,
        "wall_s": None if limits.wall_s is None else limits.wall_s * keep,
        "sandbox_s": None if limits.sandbox_s is None else limits.sandbox_s * keep,
    }
    return {resource: float(limit) for resource, limit in stated.items() if limit is not None}


def infrastructure_failure(record: SearchRecord) -> str | None:
    """Why going on makes no sense: the last trials told were all lost."""
    last = [t.outcome for t in record.trials[: record.known] if t.outcome][-LOST_IN_A_ROW:]
    if len(last) == LOST_IN_A_ROW and all(outcome.kind == "lost" for outcome in last):
        return last[-1].reason
    return None
