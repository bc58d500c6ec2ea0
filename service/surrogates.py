"""Surrogates by name, with the models behind them."""

from dataclasses import dataclass

from agents.store import SearchRecord
from agents.surrogate.history import History
from agents.surrogate.llm_surrogate import LlmSurrogate
from agents.surrogate.protocol import NoSurrogate, Surrogate
from service.journals import Journals


@dataclass(frozen=True, slots=True)
class Surrogates:
    """Builds a search's surrogate. Safe to use from several threads."""

    journals: Journals

    def __call__(self, record: SearchRecord) -> Surrogate:
        """Raises: ModelError when a model is wanted and none can be had; PriceUnknown."""
        if record.settings.surrogate == "none":
            return NoSurrogate()
        return History() if record.settings.surrogate == "history" else self._llm(record)

    def _llm(self, record: SearchRecord) -> LlmSurrogate:
        name = self.journals.models(record)[0].name
        return LlmSurrogate(self.journals.of(record, name), name)
