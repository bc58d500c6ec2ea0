"""`calibration`: how well value functions foretold what came of their states."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console

from agents.calibration import Calibration
from service.bootstrap import build_database
from service.calibration import repository
from service.calibration.schemas import CalibrationOut, CalibrationPage
from service.calibration.service import report
from service.config import Settings
from service.kit import migrate


def calibration(
    value: Annotated[str | None, typer.Option(help="One value function only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare what value functions said of nodes with what came of them, over stored searches."""
    page = stored(value)
    if as_json:
        print(page.model_dump_json(indent=2))  # noqa: T201 - the output
        return
    console = Console(highlight=False, soft_wrap=True)
    for item in page.items:
        for line in lines(item):
            console.print(line, markup=False)
    if not page.items:
        console.print(f"no node of a finished search was judged by {value or 'anything'} yet")


def stored(value: str | None) -> CalibrationPage:
    """Raises: MigrationNeeded; a database error."""
    database = build_database(Settings())
    try:
        migrate.ensure(database)
        with database.read() as session:
            return report(repository.judged(session), value)
    finally:
        database.close()


def lines(item: CalibrationOut) -> Iterator[str]:
    """The figures, and the reliability table below them."""
    found = item.figures
    yield f"{item.value}, {item.event}: n {found.n}, came true {found.came_true}"
    yield "  " + "  ".join(shown(name, found) for name in ("brier", "auc", "ece"))
    yield from (f"  no {name}: {why}" for name, why in found.missing.items())
    for row in found.table:
        yield (
            f"  {row.low:.1f}-{row.high:.1f}  n {row.n:>6}  mean value {row.mean_value:.3f}  "
            f"came true {row.share:.3f}"
        )


def shown(name: str, found: Calibration) -> str:
    """A figure with its name."""
    figure: float | None = getattr(found, name)
    return f"{name} {'-' if figure is None else f'{figure:.3f}'}"
