"""The model that writes tests from an issue, where a search has one."""

from dataclasses import dataclass

from agents.store import SearchRecord
from agents.verify.writing.llm_writer import LlmTestWriter
from service.journals import Journals


@dataclass(frozen=True, slots=True)
class Writers:
    """Builds a search's writer of tests. Safe to use from several threads."""

    journals: Journals

    def __call__(self, record: SearchRecord) -> LlmTestWriter | None:
        """Raises: ModelError when a model is wanted and cannot be had; PriceUnknown."""
        verification = record.settings.verification
        if "written" in verification.without or verification.tests <= 0:
            return None
        name = self._model(record)
        if name is None:
            return None
        return LlmTestWriter(
            self.journals.of(record, name),
            name,
            tests=verification.tests,
            seed=record.settings.seed,
        )

    def _model(self, record: SearchRecord) -> str | None:
        """Whom the search names, else its own, the first of several; None where it asks nobody."""
        settings = record.settings
        named = settings.verification.model or settings.judge
        if named is not None or "llm" not in settings.policy:
            return named
        return self.journals.models(record)[0].name
