"""Options of a search as the command line writes them."""

import re
from collections.abc import Sequence

import typer

from agents.errors import BadOption, UnknownName
from agents.registry import check
from agents.settings import SearchSettings, WeightedModel


def check_names(search: SearchSettings) -> None:
    """Raises: BadParameter for a strategy, parameter, policy, value or rung that there is not."""
    try:
        check(search)
    except (UnknownName, BadOption) as error:
        raise typer.BadParameter(str(error)) from error


def as_options(given: Sequence[str]) -> dict[str, float | str]:
    """``name=value`` pairs. Raises: BadParameter for anything else."""
    pairs = [text.partition("=") for text in given]
    wrong = [name for name, equals, value in pairs if not (name and equals and value)]
    if wrong:
        raise typer.BadParameter(
            f"--option takes name=value, such as exploration=0.5: {wrong[0]!r}"
        )
    return {name.strip(): value.strip() for name, _, value in pairs}


def weighted_models(named: Sequence[str]) -> tuple[WeightedModel, ...]:
    """Each as ``NAME`` or ``NAME:WEIGHT``. Raises: BadParameter for a name given twice.

    Names hold colons too (``llama3:latest``): only a number above 0 behind the last one is a weight.
    """
    models = tuple(_weighted(text) for text in named)
    if len({model.name for model in models}) < len(models):
        raise typer.BadParameter("--model: each model can be given once")
    return models


def _weighted(text: str) -> WeightedModel:
    name, _, weight = text.rpartition(":")
    if name and re.fullmatch(r"\d+(\.\d+)?", weight) and float(weight) > 0:
        return WeightedModel(name=name, weight=float(weight))
    return WeightedModel(name=text)
