"""Where evidence about the candidates of one issue is had: its base, prepared, and every climb."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agents.domain import Issue, Outcome, Preparation
from agents.prepare import bench_for, prepare
from agents.rollout import SLACK
from agents.tools import Tools
from agents.verify.bench import Bench
from agents.verify.ladder import Climb, climb
from benchmarks.selection.candidates import Sampled, Sampling
from benchmarks.selection.sampling import encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """`bench` runs in a sandbox that remembers nothing."""

    issue: Issue
    preparation: Preparation
    bench: Bench
    candidates: Mapping[str, Sampled]
    """Key → trial: those of the model first, each source in the order of its trials."""
    climbs: Mapping[str, Climb]
    """Key → how far the candidate came on the ladder."""


def ground(issue: Issue, repository: Path, tools: Tools, samplings: tuple[Sampling, ...]) -> Ground:
    """Prepare the issue as a search does, and take every patch up the ladder; equal ones once.

    Raises: as `prepare` does.
    """
    preparation = prepare(tools.sandbox, repository, issue, tools.baselines)
    base, _ = tools.fresh_sandbox.states.import_commit(repository, issue.base_commit)
    bench = bench_for(tools.fresh_sandbox, issue, base)
    found = {
        key(sampling, trial): trial
        for sampling in sorted(samplings, key=lambda sampling: sampling.source)
        for trial in sampling.patches
    }
    climbed: dict[str, Climb] = {}
    for trial in found.values():
        if trial.patch not in climbed:
            climbed[trial.patch] = climb(bench, preparation, _outcome(trial), slack=SLACK)
    return Ground(
        issue=issue,
        preparation=preparation,
        bench=bench,
        candidates=found,
        climbs={name: climbed[trial.patch] for name, trial in found.items()},
    )


def key(sampling: Sampling, trial: Sampled) -> str:
    """A candidate's name in its pool, such as ``llm-3``."""
    return f"{sampling.source}-{trial.trial}"


def _outcome(trial: Sampled) -> Outcome:
    return Outcome(
        trial=trial.trial, kind="expanded", state=trial.state, patch=encoded(trial.patch)
    )
