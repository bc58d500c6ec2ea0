"""One run: a search as `budwood solve` makes it, then the grade by hidden tests."""

import platform
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr
from rich.console import Console

from agents.llm.openai_model import OpenAiModel
from agents.llm.pricing import FREE
from agents.policy.protocol import Policy
from agents.store import SearchRecord
from benchmarks.bugs import Places, Task, grade
from benchmarks.search_quality.configurations import Budget, settings_of
from benchmarks.search_quality.remembering import RememberingJournals, Replies
from benchmarks.search_quality.runs import Run, Tried
from service.commands.local import LocalSearches, open_local
from service.config import Settings
from service.console.progress_view import usage_of
from service.journals import Journals
from service.kit.documents import to_document
from service.policies import Policies
from service.searches.store import SqlCallStore
from service.values import Values

ROOT = Path(__file__).parents[2]
REPLY_S = 3600.0
"""A server of one's own may be busy with others for long: that is no failure of a search."""
REPLY_TRIES = 2


class NotMeasured(Exception):
    """The machine or the model failed, not the search: the run is to be made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Makes runs. `endpoint` and `key`: the model's server."""

    budget: Budget
    model: str
    endpoint: str
    key: str
    model_sha256: str
    places: Places
    settings: Settings
    replies: Replies

    def run(self, task: Task, configuration: str, seed: int) -> Run:
        """A search with an engine of its own: none finds what another one's sandbox remembers.

        Raises: NotMeasured; SandboxUnavailable.
        """
        wanted = settings_of(configuration, self.budget, seed, self.model, self.endpoint)
        with self.opened() as local:
            search = local.store.create(self.places.issue(task), wanted, local=True)
            began = time.monotonic()
            local.engine.prepare(search)
            prepared = time.monotonic()
            self.replies.saved_s = 0.0
            record = local.go_on(Console(quiet=True), search)
            seconds = time.monotonic() - prepared + self.replies.saved_s
            check(record)
            patch = record.verdict.patch if record.verdict else b""
            graded = grade(task, patch, local.engine.tools.fresh_sandbox, self.places)
        usage = usage_of(record)
        return Run(
            task=task.instance_id,
            configuration=configuration,
            seed=seed,
            model=self.model,
            budget=asdict(self.budget),
            resolved=graded.resolved,
            state=record.phase,
            reason=(record.verdict.reason if record.verdict else "")[:300],
            chosen=record.verdict.chosen if record.verdict else None,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            calls=usage.calls,
            seconds=round(seconds, 2),
            preparing_s=round(prepared - began, 2),
            trials=tuple(_tried(record)),
            settings=cast("dict[str, Any]", to_document(wanted)),
            model_sha256=self.model_sha256,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=VERSIONS,
        )

    @contextmanager
    def opened(self) -> Iterator[LocalSearches]:
        """An engine of its own, whose model is asked through `replies`. Raises: SandboxUnavailable."""
        changes: dict[str, Any] = {"model_api_key": SecretStr(self.key), "model_free": True}
        settings = self.settings.model_copy(update=changes)
        with open_local(settings) as local:
            plain = Journals(settings, SqlCallStore(local.store.database))
            patient = OpenAiModel(
                self.endpoint, self.key, price=FREE, timeout_s=REPLY_S, tries=REPLY_TRIES
            )
            remembering = RememberingJournals(plain, patient, self.replies, self.model_sha256)
            journals = cast("Journals", remembering)
            tools = local.engine.tools
            local.engine.tools = replace(
                tools, policy=_modest(Policies(journals), self.budget), value=Values(journals)
            )
            try:
                yield local
            finally:
                patient.close()
                plain.close()


def _modest(
    policies: Callable[[SearchRecord], Policy], budget: Budget
) -> Callable[[SearchRecord], Policy]:
    """A language model's policy with the benchmark's length of prompt."""

    def build(record: SearchRecord) -> Policy:
        policy = policies(record)
        if hasattr(policy, "context_tokens"):
            return cast(
                "Policy", replace(cast("Any", policy), context_tokens=budget.context_tokens)
            )
        return policy

    return build


def check(record: SearchRecord) -> None:
    """Raises: NotMeasured where something other than the search's own choices decided."""
    if record.phase == "failed":
        raise NotMeasured(record.cause or "the search failed")
    lost = [t.outcome for t in record.trials if t.outcome and t.outcome.kind == "lost"]
    if lost:
        raise NotMeasured(f"trial {lost[0].trial} was lost: {lost[0].reason}")


def _tried(record: SearchRecord) -> Iterator[Tried]:
    for trial in record.trials:
        if (outcome := trial.outcome) is not None:
            yield Tried(
                number=trial.number,
                tokens=outcome.usage.tokens,
                kind=outcome.kind,
                reason=outcome.reason,
                value=round(outcome.value, 4),
                solved=outcome.solved,
            )


def versions() -> dict[str, str]:
    """Of the code and of the interpreter."""
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return {"commit": found, "python": platform.python_version()}


VERSIONS = versions()
"""Of what was loaded: the checkout may change under a long run."""
