"""`calibration`: how well value functions foretold what came of their states; with a word behind it,
how well verdicts did (`service.commands.confidence`)."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console

from service.bootstrap import build_database
from service.calibration import repository
from service.calibration.schemas import CalibrationOut, CalibrationPage
from service.calibration.service import report
from service.commands.confidence import confidence, fit
from service.config import Settings
from service.console.calibration_view import shown, table
from service.kit import migrate

calibration = typer.Typer(
    name="calibration",
    help="How well value functions, and the confidence of verdicts, foretold what came.",
)
calibration.command()(confidence)
calibration.command()(fit)


@calibration.callback(invoke_without_command=True)
def values(
    context: typer.Context,
    value: Annotated[str | None, typer.Option(help="One value function only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare what value functions said of nodes with what came of them, over stored searches."""
    if context.invoked_subcommand is not None:
        check_nothing_before(context.invoked_subcommand, value, as_json=as_json)
        return
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


def check_nothing_before(command: str, value: str | None, *, as_json: bool) -> None:
    """Raises: BadParameter for an option that would be ignored."""
    if value is not None:
        raise typer.BadParameter(f"--value has no say in calibration {command}: leave it out")
    if as_json:
        raise typer.BadParameter(f"put --json last: budwood calibration {command} --json")


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
    yield from table(found)
