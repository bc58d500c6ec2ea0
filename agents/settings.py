"""How to search, as frozen data. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

JudgeKind = Literal["none", "pairwise", "selection", "debate"]
"""How a model compares candidates: two at a time in both orders; in a trajectory that may run code;
or after an argument for each side."""

EditForm = Literal["blocks", "tools"]
"""How a model writes an edit: as SEARCH/REPLACE blocks in its text, or by calling functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a search may spend. None: no limit."""

    nodes: int | None = 300
    """Trials opened."""
    tokens: int | None = None
    """Prompt and completion tokens together."""
    usd: float | None = None
    wall_s: float | None = 1800.0
    sandbox_s: float | None = None
    """Seconds of sandbox wall-clock, summed over runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedModel:
    """One of several models that share a search. `weight`: how often it is drawn, above 0."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """How the candidates of a search are verified and chosen among."""

    without: tuple[str, ...] = ()
    """Rungs that are left out, of `agents.selection.evidence.OPTIONAL`."""
    model: str | None = None
    """Who writes tests, reviews and judges. None: `SearchSettings.judge`, else the search's own
    model, where its policy asks one; else nobody."""
    judge: JudgeKind = "pairwise"
    tests: int = 4
    """Tests asked of the model before the search."""
    probes: int = 2
    """Most inputs that are tried to tell two candidates apart."""
    most: int = 8
    """Candidates that are verified, the most valued first."""
    threshold: float = 0.2
    """In [0, 1]: below this confidence the search abstains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """How to search. The same defaults for every issue."""

    strategy: str = "mcts"
    options: Mapping[str, float | str] = field(default_factory=dict)
    """The strategy's parameters, where they are not its defaults: see `budwood strategies`."""
    policy: tuple[str, ...] = ("mutation",)
    value: str = "progress"
    seed: int = 0
    width: int = 4
    """Trials open at once. Part of the result: the same width gives the same tree."""
    max_depth: int = 4
    """Edits on one path."""
    max_breadth: int | None = None
    """Trials at one node. None: no limit."""
    candidates: int = 3
    """Stop once this many distinct edits pass everything."""
    patience: int = 24
    """After the first passing candidate, at most this many further trials."""
    limits: Limits = Limits()
    model: str | None = None
    models: tuple[WeightedModel, ...] = ()
    """Several models at once, in place of `model`."""
    endpoint: str | None = None
    """Where the model is served; None: where the service is configured to ask. Callers of the API
    cannot set it: the service's key would go there."""
    free: bool = False
    """That endpoint costs nothing."""
    temperature: float = 0.8
    max_reply_tokens: int = 768
    judge: str | None = None
    """Model of the value functions that ask one. None: the search's own, the first of several."""
    edit_form: EditForm = "blocks"
    rerank: bool = False
    """Whether a model puts the likeliest places first, in one call before the first trial."""
    surrogate: str = "history"
    """What guesses which tests an edit breaks, to run those first: none, history or llm."""
    verification: Verification = Verification()
