"""Staged beam search: where, then how, then the edit, keeping the k best after each stage.

    localise ─▶ k places ─▶ plan ─▶ k plans ─▶ edit ─▶ k states ─▶ edit again …

Compute at the decision points of development: SWE-Reasoner (Ma et al. 2025); search over plans before
code: Planning in Natural Language (Wang et al. 2024); plans sampled together and merged into a
tree: Tree-Planner (Hu et al. 2024). A policy that cannot answer a stage skips it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from agents.domain import Stage
from agents.search.parameters import parameter
from agents.search.strategy import Strategy
from agents.search.tree import ROOT, Node, SearchTree, Trial, open_trial


@dataclass(frozen=True, slots=True)
class _Level:
    """One stage for the nodes of a beam. `noted`: the notes asked for at each before it."""

    stage: Stage
    beam: tuple[Node, ...]
    noted: int = 0

    def asked(self, node: Node) -> int:
        """Trials of this stage that were opened at a node of the beam."""
        return node.opened if self.stage == "edit" else node.noted - self.noted


@dataclass(frozen=True, slots=True)
class StagedBeam(Strategy):
    """The next stage begins when every trial of the one before was told."""

    beam: int = parameter(3, "k: nodes kept after each stage, by value", least=1)
    places: int = parameter(4, "guesses where the fault lies", least=0)
    plans: int = parameter(1, "times that plans are asked for at each place", least=0)
    samples: int = parameter(4, "edits at each kept node", least=1)

    def ask(self, tree: SearchTree, rng: Random) -> Trial | None:  # noqa: ARG002 - the protocol's
        """Open what the present stage still wants, a trial at each node in turn."""
        for level in self._levels(tree):
            wanting = [node for node in level.beam if self._wants(level, node)]
            if wanting:
                node = min(wanting, key=lambda n: (level.asked(n), level.beam.index(n)))
                return open_trial(tree, node.id, level.stage)
        return None

    def finished(self, tree: SearchTree) -> bool:
        """Nothing is under way, and no stage wants anything."""
        return not tree.open_trials and not any(
            self._wants(level, node) for level in self._levels(tree) for node in level.beam
        )

    def _levels(self, tree: SearchTree) -> Iterator[_Level]:
        """From the first stage to the present one, whose trials are not all told."""
        level = _Level("localise", (tree[ROOT],))
        while level.beam:
            yield level
            if any(node.opening or self._wants(level, node) for node in level.beam):
                return
            level = self._after(tree, level)

    def _after(self, tree: SearchTree, level: _Level) -> _Level:
        """The next stage, on the best of what this one brought."""
        made = [c for n in level.beam for c in tree.children(n.id) if c.stage == level.stage]
        living = (c for c in made if not self._was_born_closed(tree, c))
        best = tuple(sorted(living, key=lambda c: (-c.value, c.id))[: self.beam])
        following: Stage = "plan" if level.stage == "localise" else "edit"
        if best or level.stage == "edit":
            return _Level(following, best)
        return _Level(following, level.beam, level.noted + self._wanted(level.stage))

    def _was_born_closed(self, tree: SearchTree, node: Node) -> bool:
        """A node that ran out of ideas since then keeps its place: nobody moves up."""
        return node.solved or node.merged_with is not None or node.depth >= tree.max_depth

    def _wanted(self, stage: Stage) -> int:
        return {"localise": self.places, "plan": self.plans, "edit": self.samples}[stage]

    def _wants(self, level: _Level, node: Node) -> bool:
        out = node.closed or (level.stage == "edit" and node.exhausted)
        return not out and level.asked(node) < self._wanted(level.stage)
