"""What candidates there are: how often a single one is right, and for how many tasks any is. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.selection.labelled import LabelledPool
from benchmarks.search_quality.statistics import wilson
from benchmarks.selection.candidates import Sampling
from benchmarks.selection.gathered import only


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Counts over the tasks of some samplings."""

    tasks: int
    trials: int
    patches: int
    passing: int
    """Pass every test that the search sees."""
    right: int
    covered: int
    """Tasks with at least one right candidate."""
    seen: int
    """Tasks with a right candidate that passes every test that the search sees."""
    contested: int
    """Tasks whose passing candidates are some of them right and some wrong."""

    @property
    def single(self) -> float:
        """How often one trial is right, in [0, 1]."""
        return self.right / self.trials if self.trials else 0.0


def mixture(samplings: Sequence[Sampling]) -> Mixture:
    """Several samplings of one task, from different sources, count as one task."""
    truth: dict[str, list[tuple[bool, bool]]] = {}
    for sampling in samplings:
        right = set(sampling.right)
        told = [(trial.solved, trial.trial in right) for trial in sampling.trials]
        truth.setdefault(sampling.task, []).extend(told)
    passing = {task: {right for solved, right in each if solved} for task, each in truth.items()}
    every = [pair for each in truth.values() for pair in each]
    return Mixture(
        tasks=len(truth),
        trials=len(every),
        patches=sum(len(sampling.patches) for sampling in samplings),
        passing=sum(solved for solved, _ in every),
        right=sum(right for _, right in every),
        covered=sum(any(right for _, right in each) for each in truth.values()),
        seen=sum(True in found for found in passing.values()),
        contested=sum(found == {True, False} for found in passing.values()),
    )


def summary(samplings: Sequence[Sampling]) -> Iterator[str]:
    """A table for people: each source, and both on the tasks that have both."""
    tasks = {s: {x.task for x in samplings if x.source == s} for s in ("llm", "mutation")}
    both = tasks["llm"] & tasks["mutation"]
    parts = {
        "llm": [s for s in samplings if s.source == "llm"],
        "mutation": [s for s in samplings if s.source == "mutation"],
        "both": [s for s in samplings if s.task in both],
    }
    yield "| source | tasks | trials | patches | pass what is seen | right | covered | contested |"
    yield "|---|--:|--:|--:|--:|--:|---|--:|"
    for name, part in parts.items():
        found = mixture(part)
        low, high = wilson(found.covered, found.tasks)
        share = f"{found.covered} ({low:.0%} to {high:.0%})"
        counts = (found.tasks, found.trials, found.patches, found.passing, found.right)
        yield f"| {name} | {' | '.join(map(str, counts))} | {share} | {found.contested} |"


def pools_table(pools: Sequence[LabelledPool]) -> Iterator[str]:
    """A table for people: the pools of each source, and of both together."""
    parts = {
        "llm": [only(pool, "llm") for pool in pools],
        "mutation": [only(pool, "mutation") for pool in pools],
        "both": list(pools),
    }
    yield "| candidates | issues | all | standing | right | right, refused | covered | contested |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for name, part in parts.items():
        some = [pool for pool in part if pool.pool.options]
        standing = [{option.key for option in pool.pool.standing} for pool in some]
        lost = sum(len(pool.right - kept) for pool, kept in zip(some, standing, strict=True))
        counts = (
            len(some),
            sum(len(pool.pool.options) for pool in some),
            sum(map(len, standing)),
            sum(len(pool.right) for pool in some),
            lost,
            sum(bool(pool.right) for pool in some),
            sum(
                bool(pool.right & kept) and not kept <= pool.right
                for pool, kept in zip(some, standing, strict=True)
            ),
        )
        yield f"| {name} | {' | '.join(map(str, counts))} |"
