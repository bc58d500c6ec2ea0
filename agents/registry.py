"""Names to implementations: adding a strategy is one file and one line here."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from agents.errors import BadOption, UnknownName
from agents.search.given_first import GivenFirst
from agents.search.parameters import Parameter, configured, parameters
from agents.search.strategies.ab_mcts import AbMcts
from agents.search.strategies.adaptive import Adaptive
from agents.search.strategies.best_of_n import BestOfN
from agents.search.strategies.mcts import Mcts
from agents.search.strategies.staged_beam import StagedBeam
from agents.search.strategies.trajectories import Trajectories
from agents.search.strategy import Strategy
from agents.selection.evidence import OPTIONAL
from agents.settings import SearchSettings

T = TypeVar("T")

STRATEGIES: Mapping[str, type[Strategy]] = {
    "best_of_n": BestOfN,
    "trajectories": Trajectories,
    "mcts": Mcts,
    "ab_mcts": AbMcts,
    "staged_beam": StagedBeam,
    "adaptive": Adaptive,
}
VALUES = ("progress", "llm_judge", "hybrid")
"""Built where the model and the journal are known: see `service.values`."""
POLICIES = ("external", "llm", "mutation")
"""Built where the model and the journal are known: see `service.policies`."""
SURROGATES = ("none", "history", "llm")
"""Built where the model and the journal are known: see `service.surrogates`."""


@dataclass(frozen=True, slots=True)
class StrategyInfo:
    """A strategy as the command line, the API and the documentation show it."""

    name: str
    summary: str
    """The first sentence of its module."""
    parameters: tuple[Parameter, ...]


def described() -> tuple[StrategyInfo, ...]:
    """Every strategy, in the order of the registry: simple ones first."""
    return tuple(
        StrategyInfo(
            name=name,
            summary=(sys.modules[kind.__module__].__doc__ or "").split("\n")[0],
            parameters=parameters(kind),
        )
        for name, kind in STRATEGIES.items()
    )


def strategy_of(settings: SearchSettings, given: int = 0) -> Strategy:
    """The strategy as it is to be used. Several models become its arms, where it chooses among them.

    `given`: edits that an issue brings along; they are tried first.

    Raises: UnknownName, BadOption.
    """
    kind = _named("strategy", STRATEGIES, settings.strategy)
    arms = tuple(model.name for model in settings.models)
    chooses = any(field.name == "arms" for field in fields(kind))  # type: ignore[arg-type]
    chosen = configured(kind, settings.options, **({"arms": arms} if chooses else {}))
    return GivenFirst(given, chosen) if given else chosen


def check(settings: SearchSettings) -> None:
    """Raises: UnknownName, BadOption for a name or parameter that there is not."""
    strategy_of(settings)
    models = [model.name for model in settings.models]
    if len(models) != len(set(models)):
        raise BadOption(f"a model is named twice: {', '.join(models)}; give it more weight instead")
    _named("value function", dict.fromkeys(VALUES), settings.value)
    _named("surrogate", dict.fromkeys(SURROGATES), settings.surrogate)
    for name in settings.policy:
        _named("policy", dict.fromkeys(POLICIES), name)
    for name in settings.verification.without:
        _named("rung that can be left out", dict.fromkeys(OPTIONAL), name)


def _named(kind: str, known: Mapping[str, T], name: str) -> T:
    if name not in known:
        raise UnknownName(f"no {kind} is named {name!r}; there are: {', '.join(sorted(known))}")
    return known[name]
