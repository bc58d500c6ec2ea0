"""Which trials to open next. Pure, and the same for any number of workers.

The rule: while fewer than `width` trials are open, open one; otherwise tell the oldest. So the
place of trial t depends on the outcomes of the trials before it and on nothing else, such as
which worker happened to be faster. docs/adr/0002 says why; docs/budgets.md, how limits are kept.
"""

from dataclasses import dataclass, replace

from agents.domain import Ceiling, Outcome, Preparation, Usage
from agents.errors import PriceUnknown
from agents.search.budget import Amounts, Budget
from agents.search.strategy import Strategy, rng_for
from agents.search.tree import NodeId, fold, open_trial
from agents.settings import Limits, SearchSettings
from agents.store import SearchRecord, StoredTrial, bare_tree, history, result_of
from agents.verify.interleaved import IN_SEARCH, ON_LADDER, Looks
from agents.workload import Slowness

VERIFICATION_RESERVE = 0.1
"""Share of the wall-clock and sandbox limits that the search leaves for the ladder, at least."""

LARGEST_RESERVE = 0.5
"""It leaves what one candidate takes to climb, but never more than this share."""

NOTHING = Ceiling()

UNBOUNDED = 1 << 62
"""Tokens, where there is no limit on them."""

LOST_IN_A_ROW = 3
"""After so many trials lost to the infrastructure, with nothing between them, a search fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do now. `over` says why nothing will be opened any more; None while it goes on."""

    opened: tuple[StoredTrial, ...]
    over: str | None = None
    limit: str | None = None
    """The budget's limit that ended it, if one did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What models may cost: `trial` at most in one trial, `verification` after the search,
    `preparation` before it."""

    trial: Ceiling = NOTHING
    verification: Ceiling = NOTHING
    preparation: Ceiling = NOTHING

    @property
    def least(self) -> Ceiling:
        """What a search of a single trial may cost."""
        return self.preparation + self.trial + self.verification

    def preparing(self, ceiling: Ceiling) -> "Purse":
        """With so much more before the search."""
        return replace(self, preparation=self.preparation + ceiling)

    def check(self, limits: Limits) -> None:
        """Raises: PriceUnknown where a limit in USD cannot be kept, whoever it is that asks."""
        if limits.usd is not None and self.least.usd is None:
            raise PriceUnknown(
                "a limit in USD needs the price of every model that the search may ask, judges "
                "included: list them in BUDWOOD_MODEL_PRICES"
            )

    def fits(self, limits: Limits) -> bool:
        """Whether preparing leaves enough for one trial and for the verification."""
        tokens = limits.tokens is None or self.least.tokens <= limits.tokens
        return tokens and (limits.usd is None or (self.least.usd or 0.0) <= limits.usd)


def plan(record: SearchRecord, strategy: Strategy, now: float, purse: Purse) -> Plan:
    """Open what may be opened. `now`: POSIX seconds, for the wall-clock limit alone.

    Raises: ValueError if the search is not prepared.
    """
    return Planner(record, strategy, purse).plan(record, now)


class Planner:
    """Grows with the record: all that it knows follows from what was opened and told, in order.

    A planner that is kept plans what a new one would, and need not fold the whole history again.
    """

    def __init__(self, record: SearchRecord, strategy: Strategy, purse: Purse) -> None:
        """Raises: ValueError if the search is not prepared."""
        if record.preparation is None:
            raise ValueError(f"search {record.id} is not prepared yet")
        self.record, self.strategy = record, strategy
        self.settings: SearchSettings = record.settings
        self.tree = fold(bare_tree(record), history(record.trials))
        self.told = record.trials[-1].told if record.trials else 0
        self.promise = promise(record.preparation, purse.trial)
        self.told_s = 0.0
        keep = climb_s(record.preparation)
        self.budget = Budget(search_limits(self.settings.limits, keep, purse.verification))
        self.budget.settle("preparation", cost(record.preparation.usage, self.promise))
        for outcome in self._outcomes(0, self.told):
            self._settle(outcome)
        for trial in record.trials[self.told :]:
            self.budget.hold(trial.number, self.promise)

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
            self.budget.hold(trial.number, self.promise)
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
        self.budget.hold(trial.number, self.promise)  # `_limit` has seen that it is there
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
        self._settle(outcome)
        self.told += 1

    def _over(self) -> tuple[str | None, str | None]:
        solutions = self.tree.solutions()
        if self.tree.next_trial < len(self.record.issue.candidates):
            solutions = []  # given ones are there to be compared: none is left out for another
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
        return self.budget.hit() or self.budget.forbids(self.promise | {"wall_s": self._trial_s()})

    def _trial_s(self) -> float:
        """Seconds until one more trial would be over: as in `promise`, or what those told took on
        average where that is longer. Trials pass side by side, so it is promised to nobody."""
        return max(self.promise["sandbox_s"], self.told_s / max(1, self.told))

    def _settle(self, outcome: Outcome) -> None:
        """Book what was spent, in place of what was promised to the trial.

        Nobody knows what a lost one had paid before: all that was promised to it is booked.
        """
        lost = outcome.kind == "lost"
        spent = self.promise if lost else cost(outcome.usage, self.promise)
        self.budget.settle(outcome.trial, spent)
        self.told_s += outcome.seconds

    def _outcomes(self, start: int, stop: int) -> list[Outcome]:
        return [t.outcome for t in self.record.trials[start:stop] if t.outcome is not None]


def promise(preparation: Preparation, ceiling: Ceiling) -> dict[str, float]:
    """What is reserved for one open trial: the most that its model calls cost, and the sandbox
    seconds that the issue's tests and the whole suite took on the base, and that its workload's
    runs would take there.

    The seconds are an estimate: a trial that fails early takes less, a slow state up to its
    deadlines.
    """
    seconds = preparation.reproduction.seconds + preparation.baseline.seconds
    seconds += longest_s(preparation.slowness, IN_SEARCH)
    return {"tokens": ceiling.tokens, "usd": ceiling.usd or 0.0, "sandbox_s": seconds}


def cost(usage: Usage, promised: Amounts) -> dict[str, float]:
    """What is booked for `usage`. Calls whose price nobody knows cost what was promised for them."""
    usd = promised["usd"] if usage.usd is None else usage.usd
    return {"tokens": usage.tokens, "usd": usd, "sandbox_s": usage.sandbox_s}


def climb_s(preparation: Preparation) -> float:
    """Seconds in which one candidate climbs the ladder when it is as fast as the base."""
    tests_s = 2 * preparation.reproduction.seconds + preparation.baseline.seconds
    return tests_s + longest_s(preparation.slowness, ON_LADDER)


def longest_s(slowness: Slowness | None, looks: Looks) -> float:
    """Seconds of the most sandbox runs that base and state make by turns, as long as on the base."""
    return 0.0 if slowness is None else 2 * looks.after[-1] * slowness.wall_s


def search_limits(
    limits: Limits, keep_s: float = 0.0, verification: Ceiling = NOTHING
) -> dict[str, float]:
    """What the search proper may spend; the rest is the verifier's.

    Of wall and sandbox time that is `VERIFICATION_RESERVE`, and `keep_s` where that is more, up to
    `LARGEST_RESERVE`; of tokens and USD, what `verification` may cost, up to `LARGEST_RESERVE`.
    """
    stated = {
        "tokens": limits.tokens and _left_by(limits.tokens, verification.tokens),
        "usd": limits.usd and _left_by(limits.usd, verification.usd or 0.0),
        "wall_s": limits.wall_s and _without_reserve(limits.wall_s, keep_s),
        "sandbox_s": limits.sandbox_s and _without_reserve(limits.sandbox_s, keep_s),
    }
    return {resource: float(limit) for resource, limit in stated.items() if limit is not None}


def wall_left(record: SearchRecord, now: float, *, reserve: bool = False) -> float:
    """Seconds until the wall-clock limit; infinite without one. `reserve`: until the search must
    end, so that the verifier has its share."""
    limit = record.settings.limits.wall_s
    if limit is None:
        return float("inf")
    passed = now - (record.started_at or now)
    return (_without_reserve(limit, 0.0) if reserve else limit) - passed


def limit_left(record: SearchRecord, usage: Usage, now: float) -> float:
    """Seconds until the wall-clock or the sandbox limit, whichever comes first."""
    sandbox_s = record.settings.limits.sandbox_s
    sandbox_left = float("inf") if sandbox_s is None else sandbox_s - usage.sandbox_s
    return min(sandbox_left, wall_left(record, now))


def purse_left(record: SearchRecord, purse: Purse) -> Ceiling:
    """Tokens and USD that deciding may still cost. A limit that there is not leaves `UNBOUNDED`.

    What lost trials paid is not known, so all that was promised to them counts as spent.

    Raises: ValueError if the search is not prepared.
    """
    if record.preparation is None:
        raise ValueError(f"search {record.id} is not prepared yet")
    limits, promised = record.settings.limits, promise(record.preparation, purse.trial)
    outcomes = [trial.outcome for trial in record.trials if trial.outcome is not None]
    spent = [
        cost(record.preparation.usage, promised),
        *(promised if o.kind == "lost" else cost(o.usage, promised) for o in outcomes),
    ]
    return Ceiling(
        tokens=int((limits.tokens or UNBOUNDED) - sum(part["tokens"] for part in spent)),
        usd=(limits.usd or float("inf")) - sum(part["usd"] for part in spent),
    )


def affords(left: Ceiling, used: Usage, asked: Ceiling) -> bool:
    """Whether calls of at most `asked` fit into what is left, after `used`. A cost that nobody
    knows fits only where there is no limit on it."""
    usd_left = float("inf") if left.usd is None else left.usd
    if usd_left < float("inf") and (used.usd is None or asked.usd is None):
        return False
    return asked.tokens <= left.tokens - used.tokens and (asked.usd or 0.0) <= usd_left - (
        used.usd or 0.0
    )


def _without_reserve(limit: float, keep_s: float) -> float:
    return limit - max(VERIFICATION_RESERVE * limit, min(LARGEST_RESERVE * limit, keep_s))


def _left_by(limit: float, verification: float) -> float:
    return limit - min(LARGEST_RESERVE * limit, verification)


def infrastructure_failure(record: SearchRecord) -> str | None:
    """Why going on makes no sense: the last trials told were all lost."""
    last = [t.outcome for t in record.trials[: record.known] if t.outcome][-LOST_IN_A_ROW:]
    if len(last) == LOST_IN_A_ROW and all(outcome.kind == "lost" for outcome in last):
        return last[-1].reason
    return None
