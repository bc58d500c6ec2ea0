"""What is compared: the same policy and budget under each strategy, and two without a search.

Every one gets the same issue, prompt and form of an edit; only where the next trial is opened
differs. Trials are carried out one at a time: the model answers one request at a time anyway, and
each choice then knows all results before it.
"""

from dataclasses import dataclass, replace

from agents.registry import STRATEGIES
from agents.settings import Limits, SearchSettings

FIRST = ("single_shot", "linear", "mcts")
"""One edit; one chain of serial revisions, which a search has to beat at equal tokens; a tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Equal for all. What was measured with another one is not put beside it."""

    trials: int = 6
    """Model edits for each search."""
    mutations: int = 100
    """Template edits for the policy without a model."""
    tokens: int | None = None
    """Limit for each search, reservations included."""
    reply_tokens: int = 400
    context_tokens: int = 1200
    temperature: float = 0.8
    candidates: int = 1
    """Edits that pass all visible tests before the search ends."""


def names() -> tuple[str, ...]:
    """All that can be measured, cheapest first."""
    return ("mutation", *FIRST, *sorted(set(STRATEGIES) - set(FIRST)))


def settings_of(name: str, budget: Budget, seed: int, model: str, endpoint: str) -> SearchSettings:
    """How a configuration searches. Raises: KeyError for a name that there is not."""
    if name not in names():
        raise KeyError(name)
    shared = SearchSettings(
        seed=seed,
        width=1,
        candidates=budget.candidates,
        patience=budget.trials,
        limits=Limits(nodes=budget.trials, tokens=budget.tokens, wall_s=None),
        policy=("llm",),
        model=model,
        endpoint=endpoint,
        free=True,
        temperature=budget.temperature,
        max_reply_tokens=budget.reply_tokens,
    )
    return _changed(shared, name, budget)


def _changed(shared: SearchSettings, name: str, budget: Budget) -> SearchSettings:
    match name:
        case "single_shot":
            return replace(shared, strategy="best_of_n", options={"n": 1.0})
        case "linear":
            options = {"chains": 1.0, "steps": float(budget.trials)}
            return replace(
                shared, strategy="trajectories", options=options, max_depth=budget.trials
            )
        case "mutation":
            limits = Limits(nodes=budget.mutations, wall_s=None)
            policy = ("mutation",)
            return replace(shared, policy=policy, model=None, endpoint=None, limits=limits, width=4)
    return replace(shared, strategy=name)
