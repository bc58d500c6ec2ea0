"""Policies by name, with the models behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.errors import BadOption
from agents.llm.weighted import WeightedJournal
from agents.policy.external_policy import NAME as EXTERNAL
from agents.policy.external_policy import ExternalPolicy
from agents.policy.llm_policy import LlmPolicy
from agents.policy.mixed_policy import MixedPolicy
from agents.policy.mutation_policy import MutationPolicy
from agents.policy.protocol import Policy
from agents.store import SearchRecord
from service.journals import Journals


@dataclass(frozen=True, slots=True)
class Policies:
    """Builds a search's policy. Safe to use from several threads."""

    journals: Journals

    def __call__(self, record: SearchRecord) -> Policy:
        """Raises: ModelError when a model is wanted and none can be had; PriceUnknown; BadOption
        where an issue's own patches are to be tried and it has none."""
        names = record.settings.policy
        if EXTERNAL not in names:
            return self._own(names, record)
        if not record.issue.candidates:
            raise BadOption(f"the policy {EXTERNAL} needs an issue that brings candidates along")
        own = tuple(name for name in names if name != EXTERNAL)
        return ExternalPolicy(self._own(own, record) if own else None)

    def _own(self, names: Sequence[str], record: SearchRecord) -> Policy:
        members = tuple(self._named(name, record) for name in names)
        return members[0] if len(members) == 1 else MixedPolicy(members)

    def _named(self, name: str, record: SearchRecord) -> Policy:
        return MutationPolicy() if name == "mutation" else self._llm(record)

    def _llm(self, record: SearchRecord) -> LlmPolicy:
        models = tuple(
            WeightedJournal(model.name, self.journals.of(record, model.name), model.weight)
            for model in self.journals.models(record)
        )
        return LlmPolicy(
            models,
            temperature=record.settings.temperature,
            max_tokens=record.settings.max_reply_tokens,
            edit_form=record.settings.edit_form,
        )
