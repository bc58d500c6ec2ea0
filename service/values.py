"""Value functions by name, with the models behind them."""

from dataclasses import dataclass

from agents.store import SearchRecord
from agents.value.progress import Progress
from agents.value.protocol import ValueFunction
from service.journals import Journals


@dataclass(frozen=True, slots=True)
class Values:
    """Builds a search's value function. Safe to use from several threads."""

    journals: Journals

    def __call__(self, record: SearchRecord) -> ValueFunction:  # noqa: ARG002 - one so far
        """Raises: ModelError when a model is wanted and none can be had; PriceUnknown."""
        return Progress()
