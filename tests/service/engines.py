"""An engine whose trials only take time: it opens, tells and decides like the real one."""

import threading
from dataclasses import dataclass, field

from agents.domain import Outcome
from agents.engine import Advance
from agents.errors import SearchConflict
from agents.store import SearchRecord, SearchStore
from sandbox.errors import SandboxLost
from tests.service.examples import PREPARATION, expanded, trial, verdict


@dataclass(slots=True)
class SlowEngine:
    """`width` trials at once, `total` in all, each lasting `pause_s`."""

    store: SearchStore
    total: int = 4
    width: int = 2
    pause_s: float = 0.0
    lost: frozenset[int] = frozenset()
    """Trials that always end with a dead sandbox."""
    broken: frozenset[int] = frozenset()
    """Trials that end with an error nobody foresaw."""
    prepared: list[str] = field(default_factory=list)

    def prepare(self, search: str) -> None:
        if self.store.load(search).phase not in {"queued", "preparing"}:
            return
        self.prepared.append(search)
        self.store.set_phase(search, "preparing")
        self.store.save_preparation(search, PREPARATION)
        self.store.set_phase(search, "searching")

    def advance(self, search: str) -> Advance:
        record = self.store.load(search)
        if record.phase != "searching":
            return Advance(decide=record.phase == "verifying")
        if record.known == self.total:
            self.store.set_phase(search, "verifying")
            return Advance(decide=True)
        return Advance(opened=self._open(record))

    def carry_out(self, search: str, number: int) -> Outcome:
        threading.Event().wait(self.pause_s)
        if number in self.lost:
            raise SandboxLost("the sandbox died")
        if number in self.broken:
            raise ZeroDivisionError("nobody foresaw this")
        return expanded(number, value=number / 10)

    def decide(self, search: str) -> None:
        if self.store.load(search).phase == "verifying":
            self.store.save_verdict(search, verdict())

    def fail(self, search: str, error: Exception) -> None:
        self.store.set_phase(search, "failed", str(error))

    def _open(self, record: SearchRecord) -> tuple[int, ...]:
        first = len(record.trials)
        stop = min(self.total, record.known + self.width)
        trials = [trial(n, ordinal=n, told=max(0, n - self.width + 1)) for n in range(first, stop)]
        try:
            self.store.open_trials(record.id, trials)
        except SearchConflict:
            return ()
        return tuple(t.number for t in trials)
