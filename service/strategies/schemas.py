"""Strategies as JSON."""

from pydantic import BaseModel


class ParameterOut(BaseModel):
    """One entry of ``search.options``. Bounds are included; null: there is none."""

    name: str
    kind: str
    default: float | str | None
    help: str
    least: float | None
    most: float
    choices: list[str]


class StrategyOut(BaseModel):
    name: str
    summary: str
    parameters: list[ParameterOut]
