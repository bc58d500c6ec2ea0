"""`replay`: a stored search once more, with no model, to the same tree or to the first difference."""

import hashlib
import json
from typing import Annotated

import typer

from agents.replay import difference
from agents.store import SearchRecord, tree_json
from service.bootstrap import build_replay, build_store
from service.commands.failures import DIFFERS, INTERRUPTED, say
from service.commands.local import LocalSearches
from service.commands.solve import Json
from service.config import Settings
from service.console.terminal import on_stderr
from service.kit import migrate
from service.searches.store import SqlStore


def replay(
    search: Annotated[str, typer.Argument(metavar="ID", help="A search that is stored here.")],
    as_json: Json = False,
) -> None:
    """Do a search again from its record, asking no model, and compare the trees.

    The sandbox runs for real; what models said is read from the store, and nothing is written
    there. Exits with 8 and the first difference when the tree is not the same byte for byte.
    """
    settings = Settings()
    store = build_store(settings)
    try:
        migrate.ensure(store.database)
        recorded = loaded(store, search)
        engine = build_replay(settings, store, recorded)
        try:
            again = LocalSearches(engine, store).go_on(on_stderr(quiet=as_json), search)
        except KeyboardInterrupt:
            say("interrupted; the stored search is as it was")
            raise typer.Exit(INTERRUPTED) from None
        finally:
            engine.tools.sandbox.close()
    finally:
        store.database.close()
    report(recorded, again, as_json=as_json)


def loaded(store: SqlStore, search: str) -> SearchRecord:
    """Raises: BadParameter where there is nothing to do again."""
    try:
        recorded = store.load(search)
    except KeyError:
        where = store.database.url.render_as_string(hide_password=True)
        raise typer.BadParameter(f"there is no search {search} in {where}") from None
    if recorded.preparation is None:
        raise typer.BadParameter(f"search {search} was never prepared: there is no tree")
    return recorded


def report(recorded: SearchRecord, again: SearchRecord, *, as_json: bool) -> None:
    """Say how the trees compare, and leave with the exit code."""
    found = differs(recorded, again)
    if as_json:
        digest = hashlib.sha256(tree_json(recorded).encode()).hexdigest()
        document = {
            "id": recorded.id,
            "identical": found is None,
            "difference": found,
            "trials": recorded.known,
            "replayed": again.known,
            "tree_sha256": digest,
        }
        print(json.dumps(document, indent=2))  # noqa: T201 - the command's output
    else:
        say(f"different: {found}" if found else f"identical: {recorded.known} trial(s), one tree")
    if found:
        raise typer.Exit(DIFFERS)


def differs(recorded: SearchRecord, again: SearchRecord) -> str | None:
    """The first difference; where the replay could not go on, why."""
    if again.phase == "failed":
        return f"the replay ended after {again.known} trial(s): {again.cause}"
    return difference(recorded, again)
