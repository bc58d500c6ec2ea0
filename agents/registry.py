"""Names → strategies and value functions. Adding one is a file and a line here."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from agents.errors import UnknownName
from agents.search.strategies.best_of_n import BestOfN
from agents.search.strategies.mcts import Mcts
from agents.search.strategy import Strategy
from agents.value.progress import progress
from agents.value.protocol import ValueFunction

T = TypeVar("T")

STRATEGIES: Mapping[str, Callable[[], Strategy]] = {"best_of_n": BestOfN, "mcts": Mcts}
VALUES: Mapping[str, ValueFunction] = {"progress": progress}
POLICIES = ("llm", "mutation")
"""Built where the model and the journal are known: see `service.bootstrap`."""


def strategy_named(name: str) -> Strategy:
    """Raises: UnknownName."""
    return _named("strategy", STRATEGIES, name)()


def value_named(name: str) -> ValueFunction:
    """Raises: UnknownName."""
    return _named("value function", VALUES, name)


def check_policies(names: tuple[str, ...]) -> None:
    """Raises: UnknownName."""
    for name in names:
        _named("policy", dict.fromkeys(POLICIES), name)


def _named(kind: str, known: Mapping[str, T], name: str) -> T:
    if name not in known:
        raise UnknownName(f"no {kind} is named {name!r}; there are: {', '.join(sorted(known))}")
    return known[name]
