"""The models of a search: connections shared by endpoint, every call journalled."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from agents.errors import ModelError, PriceUnknown
from agents.llm.caller import JUDGE
from agents.llm.journal import CallRecord, CallStore, Journal
from agents.llm.pricing import Price, PriceTable
from agents.llm.recorded import Nobody, RecordedCalls
from agents.settings import WeightedModel
from agents.store import SearchRecord
from service.config import Settings

if TYPE_CHECKING:
    from agents.llm.openai_model import OpenAiModel

OPENAI = "https://api.openai.com/v1"


@dataclass(slots=True)
class Journals:
    """Safe to use from several threads. `close` ends every connection."""

    settings: Settings
    calls: CallStore
    _models: dict[tuple[str, str, Price | None], "OpenAiModel"] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def models(self, record: SearchRecord) -> tuple[WeightedModel, ...]:
        """The models that the search asks, by weight. Raises: ModelError where none is named."""
        if record.settings.models:
            return record.settings.models
        name = record.settings.model or self.settings.model
        if name is None:
            raise ModelError(
                "this search needs a model: give --model, search.model or BUDWOOD_MODEL"
            )
        return (WeightedModel(name=name),)

    def of(self, record: SearchRecord, name: str) -> Journal:
        """The journal of one model.

        Raises: ModelError when it cannot be had; PriceUnknown where a limit in USD needs its price.
        """
        price = self._price(name, free=record.settings.free)
        if price is None and record.settings.limits.usd is not None:
            raise PriceUnknown(
                f"a limit in USD needs the price of {name}: list it in BUDWOOD_MODEL_PRICES, or "
                "set BUDWOOD_MODEL_FREE=true for an endpoint that costs nothing"
            )
        model = self._model(name, price, record.settings.endpoint)
        model.verify(name)
        return Journal(model, self.calls, price)

    def close(self) -> None:
        """End every connection."""
        with self._lock:
            for model in self._models.values():
                model.close()
            self._models.clear()

    def _price(self, model: str, *, free: bool) -> Price | None:
        table = PriceTable.load(self.settings.model_prices)
        return table.price(model, free=free or self.settings.model_free)

    def _model(self, name: str, price: Price | None, endpoint: str | None) -> "OpenAiModel":
        where = endpoint or self.settings.model_base_url or OPENAI
        with self._lock:
            if (name, where, price) not in self._models:
                self._models[name, where, price] = self._connect(where, price)
            return self._models[name, where, price]

    def _connect(self, url: str, price: Price | None) -> "OpenAiModel":
        key = self.settings.model_api_key
        if key is None and url == OPENAI:
            raise ModelError(
                "no key for api.openai.com: set OPENAI_API_KEY, or BUDWOOD_MODEL_BASE_URL for "
                "another endpoint"
            )
        from agents.llm.openai_model import OpenAiModel  # noqa: PLC0415 - half a second to import

        return OpenAiModel(url, key.get_secret_value() if key else "", price=price)


class RecordedJournals(Journals):
    """Answers from the record alone: no model is connected to, and nothing is written."""

    def __init__(self, settings: Settings, calls: Sequence[CallRecord]) -> None:
        super().__init__(settings, RecordedCalls.of(calls))
        first = sorted(calls, key=lambda call: call.ordinal >= JUDGE)
        self._names = tuple(dict.fromkeys(call.request.model for call in first))
        """Those that policies asked before those that only judges and surrogates did."""

    def models(self, record: SearchRecord) -> tuple[WeightedModel, ...]:
        """As ever; where the search names none, the one that was asked, whatever is configured
        today."""
        if record.settings.models or record.settings.model or not self._names:
            return super().models(record)
        return (WeightedModel(name=self._names[0]),)

    def of(self, record: SearchRecord, name: str) -> Journal:  # noqa: ARG002 - as `Journals`
        """The journal of one model, whatever it cost."""
        return Journal(Nobody(), self.calls)
