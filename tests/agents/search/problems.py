"""Synthetic issues with a known optimum, and the one driver that searches them."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from agents.search.strategy import Strategy, rng_for
from agents.search.tree import NodeId, SearchTree, Trial, TrialResult, open_trial

Answer = Callable[[SearchTree, Trial], TrialResult]


def search(
    strategy: Strategy, answer: Answer, trials: int, width: int = 1, seed: int = 0, depth: int = 3
) -> SearchTree:
    """Tell the oldest when `width` are open or nothing can be opened."""
    tree = SearchTree.rooted("base", max_depth=depth)
    while tree.next_trial < trials and not strategy.finished(tree):
        opened = None
        if len(tree.open_trials) < width:
            opened = strategy.ask(tree, rng_for(seed, tree.next_trial))
        if opened is None:
            oldest = tree.open_trials[min(tree.open_trials)]
            strategy.tell(tree, answer(tree, oldest))
    for number in sorted(tree.open_trials):
        strategy.tell(tree, answer(tree, tree.open_trials[number]))
    return tree


def edits(tree: SearchTree, node: NodeId) -> list[int]:
    """The ideas on the way to a node, by ordinal; notes are none."""
    state = tree[node].state.partition("+")[0]
    return [int(part) for part in state.split(".")[1:]]


def reached(tree: SearchTree, trial: Trial) -> list[int]:
    """The ideas on the way to what a trial for an edit reaches."""
    return [*edits(tree, trial.node), trial.ordinal]


def expanded(trial: Trial, path: list[int], value: float, *, solved: bool = False) -> TrialResult:
    state = ".".join(["base", *map(str, path)])
    return TrialResult(trial=trial.number, kind="expanded", state=state, value=value, solved=solved)


def noted(tree: SearchTree, trial: Trial, value: float = 0.5) -> TrialResult:
    """A note that says nothing but which it is."""
    state = f"{tree[trial.node].state}+{trial.stage}{trial.ordinal}"
    return TrialResult(trial=trial.number, kind="expanded", state=state, value=value)


def two_step_bug(tree: SearchTree, trial: Trial) -> TrialResult:
    """A fix takes two edits, each the 7th idea where it is made; the first is worth a half."""
    if trial.stage != "edit":
        return noted(tree, trial)
    if trial.ordinal >= 12:
        return TrialResult(trial=trial.number, kind="exhausted")
    if trial.ordinal % 5 == 4:
        return TrialResult(trial=trial.number, kind="failed")
    path = reached(tree, trial)
    right = path.count(7)
    return expanded(trial, path, min(right, 2) / 2, solved=right == 2)


@dataclass(frozen=True)
class Ladder:
    """A fix takes `rungs` right edits in a row. Each edit, by lot and whoever makes it, is right
    with chance `p`; the value is the share of rungs climbed, and a wrong edit keeps it. Optimum: 1.
    """

    rungs: int
    p: float
    seed: int

    def __call__(self, tree: SearchTree, trial: Trial) -> TrialResult:
        if trial.stage != "edit":
            return noted(tree, trial)
        path = reached(tree, trial)
        climbed = sum(self._right(path[:n]) for n in range(1, len(path) + 1))
        value = min(climbed, self.rungs) / self.rungs
        return expanded(trial, path, value, solved=climbed >= self.rungs)

    def _right(self, path: list[int]) -> bool:
        return Random(f"{self.seed}:{path}").random() < self.p


def best(tree: SearchTree) -> float:
    return max(node.value for node in tree.nodes if node.stage == "edit")


def mean_best(
    strategy: Strategy, problem: Callable[[int], Answer], trials: int, *, width: int = 1,
    seeds: int = 40, depth: int = 3,
) -> float:  # fmt: skip
    """The best value found, averaged over problems; 1 minus it is the mean regret."""
    found = [
        best(search(strategy, problem(seed), trials, width, seed, depth)) for seed in range(seeds)
    ]
    return sum(found) / seeds


class RandomNode(Strategy):
    """Opens anywhere, by lot: what a search must beat."""

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:
        nodes = [n.id for n in tree.nodes if not n.closed and not n.exhausted]
        return open_trial(tree, rng.choice(nodes)) if nodes else None

    def finished(self, tree: SearchTree) -> bool:
        return not tree.open_trials and all(n.closed or n.exhausted for n in tree.nodes)
