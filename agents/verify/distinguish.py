"""Inputs on which candidates differ, and which output the issue demands (S*, Li et al. 2025).

A script counts only if it gives the same twice. Whoever says which output is right sees outputs in
a shuffled order, and not whose they are. It is asked once: the same question has the same answer.
"""

import hashlib
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf

from agents.domain import Ceiling
from agents.selection.evidence import Rung
from agents.selection.pool import Probe
from agents.selection.posterior import Posterior
from agents.verify.actions import CALL_S, note_pair, untried_pair
from agents.verify.inquiry import Inquiry
from agents.verify.panel import Brief, Case, Prober
from agents.verify.scripts import Scripts, spent_since

ASKED = 2
"""How often it is asked which output is right: each time in another order."""
RUN_S = 0.5
"""What a script takes, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinguish:
    """`affords`: whether one more use of the prober can still be paid."""

    prober: Prober
    case: Case
    scripts: Scripts
    brief: Callable[[str], Brief]
    number: int
    """Most scripts for one pair."""
    affords: Callable[[], bool] = lambda: True
    left: Callable[[], float] = lambda: inf
    """Seconds until a limit."""
    rung: Rung = "distinguish"

    @property
    def ceiling(self) -> Ceiling:
        return self.prober.ceiling

    def target(self, inquiry: Inquiry, found: Posterior) -> tuple[str, ...] | None:
        return untried_pair("distinguish", inquiry, found)

    def seconds(self, inquiry: Inquiry) -> float:
        """Of one script: so is the gain that is expected of it."""
        runs = 2 * len(inquiry.pool.standing) * RUN_S
        return CALL_S * (1 / max(1, self.number) + 1) + runs

    def take(self, inquiry: Inquiry, target: tuple[str, ...]) -> None:
        note_pair("distinguish", inquiry, target)
        first, second = target
        found = self.prober.inputs(self.case, self.brief(first), self.brief(second), self.number)
        inquiry.book("distinguish", found.usage)
        known, covered = set(inquiry.sources.values()), True
        for script in dict.fromkeys(found.scripts[: self.number]):
            if script not in known:
                covered = self._try(inquiry, script, covered=covered) and covered

    def _try(self, inquiry: Inquiry, script: str, *, covered: bool) -> bool:
        """`covered`: whether one use of the prober still pays for a question; answers whether it
        does afterwards."""
        outputs = self._outputs(inquiry, script)
        if len(set(outputs.values())) < 2:  # noqa: PLR2004 - it tells nobody apart
            return True
        name = f"probe::{len(inquiry.pool.probes) + 1}"
        inquiry.sources[name] = script
        asked = covered or self.affords()
        if not asked:
            inquiry.skip("distinguish: no more could be paid to ask which output is right")
        believed = (self._believed(inquiry, script, outputs),) if asked else ()
        inquiry.add_probe(Probe(id=name, outputs=outputs, believed=believed))
        return False

    def _outputs(self, inquiry: Inquiry, script: str) -> Mapping[str, str]:
        """Of every candidate that stands; of none where any gives something else the second time,
        or the time was up before all were run."""
        first = self._run_all(inquiry, script)
        second = self._run_all(inquiry, script) if first else {}
        return first if first == second else {}

    def _run_all(self, inquiry: Inquiry, script: str) -> Mapping[str, str]:
        told: dict[str, str] = {}
        for option in inquiry.pool.standing:
            if self.left() <= 0:
                inquiry.skip("distinguish: the time was up")
                return {}
            before = self.scripts.usage
            told[option.key] = self.scripts.run(option.key, script)
            inquiry.book("distinguish", spent_since(before, self.scripts))
        return told

    def _believed(self, inquiry: Inquiry, script: str, outputs: Mapping[str, str]) -> str:
        """The output that the issue demands; empty where none does, or nobody knows."""
        order = shuffled(script, outputs.values())
        told = self.prober.expected(self.case, script, order)
        inquiry.book("distinguish", told.usage)
        right = told.output
        return order[right] if right is not None and 0 <= right < len(order) else ""


def shuffled(script: str, outputs: Iterable[str]) -> list[str]:
    """Different outputs in an order that nothing but the script decides."""
    order = sorted(set(outputs))
    seed = int(hashlib.sha256(script.encode("utf-8", "replace")).hexdigest(), 16)
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, no secret
    return order
