"""What 16 trials at once lose against one at a time, at equal trials, with and without pending counts.

Synthetic fixes of three edits, one edit in five is right; the known optimum is 1. The figure is the
mean best value found, with a 95 % interval over paired problems.
"""

import math
import statistics
from dataclasses import dataclass
from random import Random

from agents.registry import STRATEGIES
from agents.search.strategy import Strategy
from agents.search.tree import SearchTree, Trial
from tests.agents.search.problems import Ladder, RandomNode, best, search

PROBLEMS, TRIALS, WIDTH, FIRST = 200, 64, 16, 50_000


@dataclass(frozen=True)
class Uncounted(Strategy):
    """A strategy that does not see what is under way."""

    of: Strategy

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:
        hidden = [(node, node.pending, node.opening) for node in tree.nodes if node.pending]
        for node, *_ in hidden:
            node.pending = node.opening = 0
        trial = self.of.ask(tree, rng)
        for node, pending, opening in hidden:
            node.pending, node.opening = node.pending + pending, node.opening + opening
        return trial

    def finished(self, tree: SearchTree) -> bool:
        return self.of.finished(tree)


def widths() -> dict[str, dict[str, object]]:
    """Strategy → mean best at width 1 and 16; what 16 loses, with and without pending counts."""
    chosen = {name: STRATEGIES[name]() for name in ("mcts", "ab_mcts", "adaptive")}
    return {
        name: _compared(strategy) for name, strategy in {**chosen, "by lot": RandomNode()}.items()
    }


def _compared(strategy: Strategy) -> dict[str, object]:
    one = _found(strategy, 1)
    counted, uncounted = _found(strategy, WIDTH), _found(Uncounted(strategy), WIDTH)
    return {
        "width_1": round(statistics.mean(one), 3),
        "width_16": round(statistics.mean(counted), 3),
        "width_16_uncounted": round(statistics.mean(uncounted), 3),
        "loss": _difference(one, counted),
        "loss_uncounted": _difference(one, uncounted),
        "n": PROBLEMS,
    }


def _found(strategy: Strategy, width: int) -> list[float]:
    return [
        best(search(strategy, Ladder(3, 0.2, FIRST + n), TRIALS, width, seed=n, depth=4))
        for n in range(PROBLEMS)
    ]


def _difference(one: list[float], many: list[float]) -> dict[str, float]:
    gaps = [a - b for a, b in zip(one, many, strict=True)]
    half = 1.96 * statistics.stdev(gaps) / math.sqrt(len(gaps))
    return {"mean": round(statistics.mean(gaps), 3), "half_width_95": round(half, 3)}
