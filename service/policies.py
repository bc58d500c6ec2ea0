"""Policies by name, with the model and the journal behind them."""

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from agents.errors import ModelError, PriceUnknown
from agents.llm.journal import CallStore, Journal
from agents.llm.pricing import Price, PriceTable
from agents.policy.llm_policy import LlmPolicy
from agents.policy.mixed_policy import MixedPolicy
from agents.policy.mutation_policy import MutationPolicy
from agents.policy.protocol import Policy
from agents.store import SearchRecord
from service.config import Settings

if TYPE_CHECKING:
    from agents.llm.openai_model import OpenAiModel

OPENAI = "https://api.openai.com/v1"


@dataclass(slots=True)
class Policies:
    """Builds a search's policy; endpoints are shared. Safe to use from several threads."""

    settings: Settings
    calls: CallStore
    _models: dict[tuple[str, str], "OpenAiModel"] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, record: SearchRecord) -> Policy:
        """Raises: ModelError when a model is wanted and none can be had; PriceUnknown."""
        members = tuple(self._named(name, record) for name in record.settings.policy)
        return members[0] if len(members) == 1 else MixedPolicy(members)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for model in self._models.values():
                model.close()
            self._models.clear()

    def _named(self, name: str, record: SearchRecord) -> Policy:
        return MutationPolicy() if name == "mutation" else self._llm(record)

    def _llm(self, record: SearchRecord) -> LlmPolicy:
        name = record.settings.model or self.settings.model
        if name is None:
            raise ModelError(
                "the llm policy needs a model: give --model, search.model or BUDWOOD_MODEL"
            )
        price = self._price(name, free=record.settings.free)
        if price is None and record.settings.limits.usd is not None:
            raise PriceUnknown(
                f"a limit in USD needs the price of {name}: list it in BUDWOOD_MODEL_PRICES, or "
                "set BUDWOOD_MODEL_FREE=true for an endpoint that costs nothing"
            )
        model = self._model(name, price, record.settings.endpoint)
        model.verify(name)
        return LlmPolicy(
            Journal(model, self.calls),
            name,
            temperature=record.settings.temperature,
            max_tokens=record.settings.max_reply_tokens,
        )

    def _price(self, model: str, *, free: bool) -> Price | None:
        table = PriceTable.load(self.settings.model_prices)
        return table.price(model, free=free or self.settings.model_free)

    def _model(self, name: str, price: Price | None, endpoint: str | None) -> "OpenAiModel":
        where = endpoint or self.settings.model_base_url or OPENAI
        with self._lock:
            if (name, where) not in self._models:
                self._models[name, where] = self._connect(where, price)
            return self._models[name, where]

    def _connect(self, url: str, price: Price | None) -> "OpenAiModel":
        key = self.settings.model_api_key
        if key is None and url == OPENAI:
            raise ModelError(
                "no key for api.openai.com: set OPENAI_API_KEY, or BUDWOOD_MODEL_BASE_URL for "
                "another endpoint"
            )
        from agents.llm.openai_model import OpenAiModel  # noqa: PLC0415 - half a second to import

        return OpenAiModel(url, key.get_secret_value() if key else "", price=price)
