"""`ask` and `tell` in trees that are given: branching 8 and every path 5 deep, whatever the size."""

import pickle
import statistics
import time
from random import Random

from agents.registry import STRATEGIES
from agents.search.strategies.adaptive import Adaptive
from agents.search.strategies.staged_beam import StagedBeam
from agents.search.strategies.trajectories import Trajectories
from agents.search.strategy import Strategy
from agents.search.tree import ROOT, SearchTree, TrialResult, close_trial, open_trial

BRANCHING, DEPTH = 8, 5
SIZES = (100, 10_000)
STEPS, ROUNDS = 60, 15
Figures = dict[str, float]

SPECIAL: dict[str, Strategy] = {
    "trajectories": Trajectories(chains=BRANCHING, steps=1_000_000),
    "staged_beam": StagedBeam(beam=BRANCHING, places=0, plans=0, samples=1),
    "adaptive": Adaptive(cost=0),
}
"""With their defaults these would be over before the tree is that large."""


def given_trees() -> dict[str, Figures]:
    """Strategy → median µs at either size, and their ratio: the median of `ROUNDS` paired ones."""
    trees = {size: given(size) for size in SIZES}
    return {name: paired(SPECIAL.get(name) or STRATEGIES[name](), trees) for name in STRATEGIES}


def paired(strategy: Strategy, trees: dict[int, bytes]) -> Figures:
    small, large = SIZES
    rounds = [
        (steps_us(strategy, trees[small]), steps_us(strategy, trees[large])) for _ in range(ROUNDS)
    ]
    ratios = sorted(after / before for before, after in rounds)
    return {
        f"us_{small}": round(statistics.median(before for before, _ in rounds), 1),
        f"us_{large}": round(statistics.median(after for _, after in rounds), 1),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_low": round(ratios[ROUNDS // 10], 2),
        "ratio_high": round(ratios[-1 - ROUNDS // 10], 2),
        "n": ROUNDS,
    }


def given(size: int) -> bytes:
    """A tree of about that many nodes, pickled: every measurement begins with the same one.

    It grows by paths from the root, every node on which gets all of its children at once.
    """
    rng = Random(size)
    tree = SearchTree.rooted("base", max_depth=DEPTH + 1)
    while len(tree.nodes) < size:
        node = ROOT
        while tree[node].depth < DEPTH:
            while len(tree[node].children) < BRANCHING:
                close_trial(tree, result(open_trial(tree, node).number, rng))
            node = rng.choice(tree[node].children)
    return pickle.dumps(tree)


def result(trial: int, rng: Random) -> TrialResult:
    return TrialResult(trial=trial, kind="expanded", state=f"s{trial}", value=rng.random() * 0.99)


def steps_us(strategy: Strategy, pickled: bytes) -> float:
    """Mean µs of one ask and tell over `STEPS` of them."""
    tree: SearchTree = pickle.loads(pickled)  # noqa: S301 - our own
    rng, spent = Random(0), 0.0
    for done in range(STEPS):
        begun = time.perf_counter()
        trial = strategy.ask(tree, rng)
        if trial is None:
            return spent / max(done, 1) * 1e6
        told = result(trial.number, rng)
        strategy.tell(tree, told)
        spent += time.perf_counter() - begun
    return spent / STEPS * 1e6
