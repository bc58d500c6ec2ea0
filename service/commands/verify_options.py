"""How `solve` says by which means candidates are verified."""

from collections.abc import Sequence
from typing import Annotated

import typer

from agents.selection.evidence import OPTIONAL
from agents.settings import JudgeKind, Verification

DEFAULT = Verification()

Without = Annotated[
    list[str] | None,
    typer.Option(
        metavar="RUNG", help=f"A rung to leave out, again and again: {', '.join(OPTIONAL)}."
    ),
]
VerifyModel = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Who writes tests, reviews and compares candidates. Default: --judge, else --model.",
    ),
]
VerifyJudge = Annotated[JudgeKind, typer.Option(help="How a model compares two candidates.")]
Tests = Annotated[
    int, typer.Option(min=0, max=32, help="Tests that the model writes before the search.")
]
AbstainBelow = Annotated[
    float, typer.Option(min=0, max=1, help="The least confidence that gives a patch.")
]


def verification_of(
    without: Sequence[str] | None, model: str | None, judge: JudgeKind, tests: int, threshold: float
) -> Verification:
    """What is not asked on the command line is as ever."""
    return Verification(
        without=tuple(without or ()), model=model, judge=judge, tests=tests, threshold=threshold
    )
