"""Value functions by name, with the models behind them."""

from dataclasses import dataclass

from agents.store import SearchRecord
from agents.value.hybrid import Hybrid
from agents.value.llm_judge import LlmJudge
from agents.value.progress import Progress
from agents.value.protocol import ValueFunction
from service.journals import Journals


@dataclass(frozen=True, slots=True)
class Values:
    """Builds a search's value function. Safe to use from several threads."""

    journals: Journals

    def __call__(self, record: SearchRecord) -> ValueFunction:
        """Raises: ModelError when a model is wanted and none can be had; PriceUnknown."""
        if record.settings.value == "progress":
            return Progress()
        judge = self._judge(record)
        return Hybrid(judge) if record.settings.value == "hybrid" else judge

    def _judge(self, record: SearchRecord) -> LlmJudge:
        name = record.settings.judge or self.journals.models(record)[0].name
        return LlmJudge(self.journals.of(record, name), name)
