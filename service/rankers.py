"""The model that ranks where an issue's fault may lie, where a search wants one."""

from dataclasses import dataclass

from agents.localise.ranker import Ranker
from agents.store import SearchRecord
from service.journals import Journals


@dataclass(frozen=True, slots=True)
class Rankers:
    """Builds a search's ranker. Safe to use from several threads."""

    journals: Journals

    def __call__(self, record: SearchRecord) -> Ranker | None:
        """Raises: ModelError when a model is wanted and none can be had; PriceUnknown."""
        if not record.settings.rerank:
            return None
        name = self.journals.models(record)[0].name
        return Ranker(self.journals.of(record, name), name)
