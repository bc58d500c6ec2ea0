"""What candidates there are: how often a single one is right, and for how many tasks any is. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agents.selection.labelled import LabelledPool
from benchmarks.search_quality.statistics import wilson
from benchmarks.selection.candidates import SOURCES, Sampling
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


def figures(samplings: Sequence[Sampling]) -> dict[str, Any]:
    """Each source, and both on the tasks that have both; as JSON holds it."""
    tasks = {s: {x.task for x in samplings if x.source == s} for s in SOURCES}
    both = tasks["llm"] & tasks["mutation"]
    parts = {s: [x for x in samplings if x.source == s] for s in SOURCES}
    return {
        name: _figures(mixture(part))
        for name, part in (*parts.items(), ("both", [x for x in samplings if x.task in both]))
    }


def _figures(found: Mixture) -> dict[str, Any]:
    low, high = wilson(found.covered, found.tasks)
    shares = {"single": found.single, "covered_low": low, "covered_high": high}
    return asdict(found) | {name: round(share, 4) for name, share in shares.items()}


def table(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """For people, of `figures`."""
    yield (
        "| candidates | tasks | trials | patches | pass what is seen | right | of trials "
        "| covered | 95 % | contested |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|---|--:|"
    for name, of in found.items():
        counts = (of[key] for key in ("tasks", "trials", "patches", "passing", "right"))
        yield (
            f"| {name} | {' | '.join(map(str, counts))} | {of['single']:.0%} | {of['covered']} "
            f"| {of['covered_low'] * 100:.0f} to {of['covered_high']:.0%} | {of['contested']} |"
        )


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
