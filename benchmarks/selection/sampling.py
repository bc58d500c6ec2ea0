"""Several candidate patches for one issue, made by the product's own search, then graded.

From a model: independent samples of one prompt, each tried out as a search does. They are opened at
once, so none is told of another and the server reads their common prompt once. From templates: the
first distinct edits that pass all that the search sees, of which not all are right.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from rich.console import Console

from agents.domain import Outcome
from agents.settings import SearchSettings
from agents.store import SearchRecord
from benchmarks.bugs import Task, grade
from benchmarks.search_quality.configurations import Budget, settings_of
from benchmarks.search_quality.running import VERSIONS, Runner, check
from benchmarks.selection.candidates import Sampled, Sampling, Source
from sandbox.protocol import Sandbox
from service.kit.documents import to_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """`runner`: model, length of prompts and replies, and where releases lie."""

    runner: Runner
    per_issue: int
    """Samples of the model."""
    templates: int
    """Distinct passing edits of the templates, after which they stop."""
    seed: int = 0

    def wanted(self, source: Source) -> int:
        """As in `Sampling.wanted`."""
        return self.per_issue if source == "llm" else self.templates

    def settings(self, source: Source) -> SearchSettings:
        """How the candidates of one source are searched for."""
        name = "best_of_n" if source == "llm" else "mutation"
        runner = self.runner
        budget = replace(runner.budget, trials=self.per_issue)
        shared = settings_of(name, budget, self.seed, runner.model, runner.endpoint)
        if source == "mutation":
            return replace(shared, candidates=self.templates, patience=budget.mutations)
        # As many open as there are to be: no sample knows of another, and none ends the search.
        return replace(shared, width=self.per_issue, candidates=self.per_issue + 1)

    def covers(self, found: Sampling) -> bool:
        """Whether a sampling holds what this sampler would make: the same model asked in the same
        way, at least as often. Where the model was served is nothing to go by."""
        source = found.source
        if found.wanted < self.wanted(source):
            return False
        as_many = replace(self, per_issue=found.wanted, templates=found.wanted)
        # What the line does not name yet was as it is by default.
        made = {**_document(SearchSettings()), **found.settings}
        asked = _document(as_many.settings(source))
        same = made | {"endpoint": None} == asked | {"endpoint": None}
        return same and (source == "mutation" or self._same_model(found))

    def _same_model(self, found: Sampling) -> bool:
        budget = self.runner.budget
        context = found.context_tokens or Budget().context_tokens
        return (found.model_sha256, context) == (self.runner.model_sha256, budget.context_tokens)

    def sample(self, task: Task, source: Source) -> Sampling:
        """Search, then grade. Raises: NotMeasured; SandboxUnavailable."""
        wanted = self.settings(source)
        began = time.monotonic()
        with self.runner.opened() as local:
            search = local.store.create(self.runner.places.issue(task), wanted, local=True)
            record = local.go_on(Console(quiet=True), search)
            check(record)
            trials = told(record, source)
            right = self._right(task, trials, local.engine.tools.fresh_sandbox)
        return Sampling(
            task=task.instance_id,
            repo=task.repo,
            source=source,
            wanted=self.wanted(source),
            trials=trials,
            chosen=record.verdict.chosen if record.verdict else None,
            right=right,
            settings=_document(wanted),
            model_sha256=self.runner.model_sha256 if source == "llm" else "",
            context_tokens=self.runner.budget.context_tokens if source == "llm" else None,
            seconds=round(time.monotonic() - began, 1),
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=VERSIONS,
        )

    def _right(self, task: Task, trials: Sequence[Sampled], sandbox: Sandbox) -> tuple[int, ...]:
        """Those that the hidden tests accept; equal patches are graded once."""
        places = self.runner.places
        graded = {
            patch: grade(task, encoded(patch), sandbox, places).resolved
            for patch in dict.fromkeys(trial.patch for trial in trials if trial.patch)
        }
        return tuple(trial.trial for trial in trials if graded.get(trial.patch))


def told(record: SearchRecord, source: Source) -> tuple[Sampled, ...]:
    """All trials of a model; of templates, those that pass what the search sees, each state once."""
    outcomes = [trial.outcome for trial in record.trials if trial.outcome is not None]
    if source == "llm":
        return tuple(_sampled(outcome) for outcome in outcomes)
    passing = {outcome.state: outcome for outcome in reversed(outcomes) if outcome.solved}
    return tuple(_sampled(outcome) for outcome in reversed(passing.values()))


def _document(settings: SearchSettings) -> dict[str, Any]:
    return cast("dict[str, Any]", to_document(settings))


def encoded(patch: str) -> bytes:
    """The patch as git wrote it."""
    return patch.encode("utf-8", "surrogateescape")


def _sampled(outcome: Outcome) -> Sampled:
    return Sampled(
        trial=outcome.trial,
        kind=outcome.kind,
        reason=outcome.reason,
        state=outcome.state,
        patch=outcome.patch.decode("utf-8", "surrogateescape"),
        summary=outcome.summary,
        origin=outcome.origin,
        solved=outcome.solved,
        tests=dict(outcome.tests),
        tokens=outcome.usage.tokens,
        seconds=round(outcome.seconds, 2),
    )
