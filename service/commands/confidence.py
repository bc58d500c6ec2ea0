"""`calibration confidence`: what verdicts' confidence is worth. `calibration fit`: make it worth more."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console

from agents.selection.calibration.calibration_map import CalibrationMap
from agents.selection.calibration.fit import FEWEST
from service.bootstrap import build_database
from service.confidence import repository, service
from service.config import Settings
from service.console.calibration_view import assessed, map_lines
from service.errors import TooFewLabels
from service.kit import migrate
from service.kit.database import Database
from service.kit.documents import to_document

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def confidence(as_json: Json = False) -> None:
    """Compare what verdicts believed of their patches with the labels that were told of them."""
    with opened() as database, database.read() as session:
        found = service.report(repository.labelled(session), repository.active(session))
    if as_json:
        print(found.model_dump_json(indent=2))  # noqa: T201 - the output
        return
    hint = "" if found.labelled else ": tell what came of one with budwood label"
    say([f"{found.labelled} verdict(s) have a label{hint}"])
    say(f"  {n} left out: {why}" for why, n in found.left_out.items())
    say(assessed("belief", found.belief))
    say(assessed("calibrated", found.calibrated))
    say(assessed("as told", found.told))
    say(map_lines(found.active))


def fit(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the map and store nothing.")
    ] = False,
    fewest: Annotated[
        int | None,
        typer.Option(
            "--min", min=2, help=f"Refuse with fewer labelled verdicts; {FEWEST} unless given."
        ),
    ] = None,
    use: Annotated[
        str | None, typer.Option(metavar="NAME", help="Fit nothing: go back to a stored map.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit a map from beliefs to confidences on all labelled verdicts, and use it from now on.

    Verdicts that were told keep their confidence. `--use prior-1` goes back to where there was no data.
    """
    if use is not None and fewest is not None:
        raise typer.BadParameter("--use fits nothing, so --min has no say: leave one of them out")
    with opened() as database:
        chosen = (
            fitted(database, FEWEST if fewest is None else fewest)
            if use is None
            else known(database, use)
        )
        if not dry_run:
            with database.write() as session:
                repository.add(session, chosen)
    if as_json:
        print(json.dumps(to_document(chosen), indent=2))  # noqa: T201 - the output
        return
    say(map_lines(chosen))
    say(["nothing was stored" if dry_run else f"{chosen.name} is in use from now on"])


@contextmanager
def opened() -> Iterator[Database]:
    """Raises: MigrationNeeded; a database error."""
    database = build_database(Settings())
    try:
        migrate.ensure(database)
        yield database
    finally:
        database.close()


def fitted(database: Database, fewest: int) -> CalibrationMap:
    """Raises: BadParameter where there are too few labels."""
    with database.read() as session:
        try:
            return service.fitted(repository.labelled(session), fewest)
        except TooFewLabels as error:
            raise typer.BadParameter(f"{error}, or ask for fewer with --min") from None


def known(database: Database, name: str) -> CalibrationMap:
    """Raises: BadParameter where no map has that name."""
    with database.read() as session:
        found = repository.named(session, name)
        if found is None:
            there = ", ".join(repository.names(session))
            raise typer.BadParameter(f"no map is named {name!r}; there are: {there}")
        return found


def say(lines: Iterable[str]) -> None:
    """Each on a line of its own, as it is."""
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line, markup=False)
