"""`ask` and `tell` in trees that a strategy grew itself, without a limit on depth."""

import time
from random import Random

from agents.registry import STRATEGIES
from agents.search.strategy import Strategy
from agents.search.tree import SearchTree, TrialResult
from benchmarks.search_core.growth import SPECIAL

SIZES = (100, 1_000, 10_000)
STEPS = 50
UNENDING = ("best_of_n", "trajectories", "mcts", "ab_mcts")
"""The others decide themselves when they are done, long before 10,000 nodes."""


def measure(name: str, seed: int) -> dict[int, float]:
    """Size → mean µs of one ask and tell over the next `STEPS`."""
    strategy: Strategy = SPECIAL.get(name) or STRATEGIES[name]()
    tree = SearchTree.rooted("base", max_depth=1_000_000)
    rng, found = Random(seed), {}
    for size in SIZES:
        while tree.next_trial < size:
            _step(strategy, tree, rng)
        found[size] = sum(_step(strategy, tree, rng) for _ in range(STEPS)) / STEPS * 1e6
    return found


def _step(strategy: Strategy, tree: SearchTree, rng: Random) -> float:
    value = rng.random() * 0.99
    begun = time.perf_counter()
    trial = strategy.ask(tree, rng)
    assert trial is not None  # noqa: S101 - unending
    strategy.tell(
        tree,
        TrialResult(trial=trial.number, kind="expanded", state=f"s{trial.number}", value=value),
    )
    return time.perf_counter() - begun
