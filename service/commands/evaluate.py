"""`evaluate`: what parts of Budwood would have done, on what is stored, at no cost of a model."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from agents.errors import BadPool
from agents.selection.choice import Selector
from agents.selection.intervals import Interval
from agents.selection.labelled import LabelledPool
from agents.selection.measure import Figures, costs, measure
from agents.selection.pool_file import read
from agents.selection.selectors import SELECTORS
from service.commands.solve import Json

evaluate = typer.Typer(
    name="evaluate",
    help="Measure, offline, on candidates that are stored.",
    no_args_is_help=True,
)

Rows = Sequence[tuple[str, Figures]]


@evaluate.callback()
def of() -> None:
    """Measure, offline, on candidates that are stored."""


@evaluate.command()
def selectors(
    pool: Annotated[
        list[Path],
        typer.Option(exists=True, dir_okay=False, metavar="FILE", help="Pools; may be repeated."),
    ],
    selector: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this one; may be repeated."),
    ] = None,
    k: Annotated[
        str | None,
        typer.Option(
            metavar="N,N...", help="Candidates of an issue at most, by lot; all unless given."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of what is drawn by lot.")] = 0,
    as_json: Json = False,
) -> None:
    """Choose among stored candidates with every selector, and compare with what was right.

    A file has an issue a line: docs/selection-pools.md. Bounds are 95 % intervals over issues.
    """
    chosen, sizes = named(selector), numbers(k)
    pools = loaded(pool)
    rows = [
        (name, measure(pools, of, k=size, seed=seed))
        for size in sizes
        for name, of in chosen.items()
    ]
    if as_json:
        shown = document(pools, rows, seed)
        print(json.dumps(shown, indent=2))  # noqa: T201 - the command's output
        return
    for line in lines(pools, rows):
        print(line)  # noqa: T201 - the same


def named(names: Sequence[str] | None) -> dict[str, Selector]:
    """Raises: BadParameter for a name that there is not."""
    unknown = [name for name in names or () if name not in SELECTORS]
    if unknown:
        raise typer.BadParameter(
            f"no selector is named {unknown[0]!r}; there are: {', '.join(SELECTORS)}"
        )
    return {name: SELECTORS[name] for name in names or SELECTORS}


def numbers(text: str | None) -> list[int | None]:
    """Raises: BadParameter."""
    if text is None:
        return [None]
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise typer.BadParameter(f"--k takes numbers from 1, such as 1,2,4,8, not {text!r}")
    return [int(part) for part in parts]


def loaded(files: Sequence[Path]) -> list[LabelledPool]:
    """Raises: BadParameter for what cannot be read, or an issue of two files."""
    found: dict[str, tuple[Path, LabelledPool]] = {}
    for file in files:
        for labelled in _read(file):
            if labelled.issue in found:
                other = found[labelled.issue][0]
                raise typer.BadParameter(f"issue {labelled.issue} is in {other} and in {file}")
            found[labelled.issue] = file, labelled
    return [labelled for _, labelled in found.values()]


def _read(file: Path) -> Iterator[LabelledPool]:
    try:
        with file.open(encoding="utf-8") as text:
            yield from read(text, str(file))
    except BadPool as error:
        raise typer.BadParameter(str(error)) from None
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{file} is not UTF-8: {error.reason}") from None


def document(pools: Sequence[LabelledPool], rows: Rows, seed: int) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "n": len(pools),
        "seed": seed,
        "costs": costs(pools),
        "selectors": [{"selector": name} | asdict(figures) for name, figures in rows],
    }


def lines(pools: Sequence[LabelledPool], rows: Rows) -> Iterator[str]:
    """A table for each number of candidates."""
    yield f"{len(pools)} issues; an issue's evidence cost {told(costs(pools))}"
    size: int | None = -1
    for name, row in rows:
        if row.k != size:
            size = row.k
            yield ""
            yield from _head(row)
        cells = (
            f"{_share(row.selected):>7}  {_between(row.efficiency):>22}  "
            f"{_between(row.gap_closure):>24}  {_share(row.abstained):>9}  "
            f"{_number(row.brier):>5}  {_number(row.auc):>5}"
        )
        yield f"{name:<16}{cells}"


def told(by_stage: dict[str, float]) -> str:
    """In words."""
    return ", ".join(
        f"{stage.removeprefix('tokens:')} {mean:,.0f} {'tokens' if stage.startswith('tokens:') else 's'}"
        for stage, mean in by_stage.items()
    ) or "nothing that is known"  # fmt: skip


def _head(row: Figures) -> Iterator[str]:
    kept = "all candidates" if row.k is None else f"{row.k} candidates at most"
    yield f"{kept}: by lot {_share(row.random)}, with an oracle {_share(row.oracle)}"
    yield (
        f"{'':<16}{'right':>7}  {'of what was found':>22}  {'gap closed':>24}  {'abstained':>9}  "
        f"{'Brier':>5}  {'AUC':>5}"
    )


def _share(figure: Interval | None) -> str:
    return "-" if figure is None else f"{100 * figure.value:.1f} %"


def _between(figure: Interval | None) -> str:
    if figure is None:
        return "-"
    return f"{_share(figure)} ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def _number(figure: Interval | None) -> str:
    return "-" if figure is None else f"{figure.value:.3f}"
