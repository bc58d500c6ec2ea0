"""`strategies`: what there is to choose from, with every parameter and its default."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from agents.registry import StrategyInfo, described


def strategies(
    name: Annotated[str | None, typer.Argument(help="Only this one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """List the search strategies with their parameters and defaults.

    Choose one with `solve --strategy NAME` and set a parameter with `--option name=value`; in the API
    these are `search.strategy` and `search.options`.
    """
    known = described()
    chosen = [info for info in known if name in {None, info.name}]
    if not chosen:
        there = ", ".join(info.name for info in known)
        raise typer.BadParameter(f"no strategy is named {name!r}; there are: {there}")
    if as_json:
        print(json.dumps([asdict(info) for info in chosen], indent=2))  # noqa: T201 - the output
        return
    for info in chosen:
        Console().print(_table(info))


def _table(info: StrategyInfo) -> Table:
    table = Table(title=f"[bold]{info.name}[/]  {info.summary}", title_justify="left", box=None)
    for column in ("parameter", "default", "kind", "meaning"):
        table.add_column(column, style="dim" if column == "kind" else "")
    for p in info.parameters:
        kind = " | ".join(p.choices) or p.kind
        table.add_row(p.name, "none" if p.default is None else str(p.default), kind, p.help)
    if not info.parameters:
        table.add_row("(none)")
    return table
