"""`explain`: the evidence of a stored verdict: why this patch and not the runner-up."""

import json
from typing import Annotated

import typer

from agents.domain import Verdict
from agents.store import SearchRecord
from service.bootstrap import build_store
from service.commands.solve import Json
from service.config import Settings
from service.console.evidence_view import evidence_view
from service.console.terminal import on_stdout
from service.console.trials import became_of, nearest
from service.console.why import why
from service.errors import NotFound, NotYet
from service.issues.service import verdict as verdict_document
from service.kit import migrate


def explain(
    search: Annotated[str, typer.Argument(metavar="ID", help="A search that is stored here.")],
    candidate: Annotated[
        int | None,
        typer.Option(
            metavar="TRIAL",
            help="Compare with this one, and show both diffs; of no candidate: what became of it.",
        ),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--all", help="Every test and candidate, and the tests' code.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say why this patch was chosen and not the runner-up, and show what that rests on.

    Of a search that abstained: which candidate came nearest, and what refused it.
    """
    store = build_store(Settings())
    try:
        migrate.ensure(store.database)
        with store.database.read() as session:
            document = verdict_document(session, search).model_dump(mode="json")
        record = store.load(search)
    except NotFound:
        where = store.database.url.render_as_string(hide_password=True)
        raise typer.BadParameter(f"there is no search {search} in {where}") from None
    except NotYet as error:
        raise typer.BadParameter(f"nothing to explain of {search}: {error}") from None
    finally:
        store.database.close()
    if record.verdict is None:
        raise typer.BadParameter(f"search {search} has no verdict")
    other, more = compared(record, record.verdict, candidate)
    if as_json:
        reasons = [*why(record.verdict, other), *more]
        told = {"id": search, "why": reasons, "verdict": document}
        print(json.dumps(told, indent=2))  # noqa: T201 - the command's output
    else:
        on_stdout().print(evidence_view(record.verdict, other=other, whole=whole, more=more))


def compared(
    record: SearchRecord, verdict: Verdict, trial: int | None
) -> tuple[int | None, tuple[str, ...]]:
    """The candidate to compare with, and what is to be said of trials that are none.

    Raises: BadParameter for a trial that there is not.
    """
    known = [found.trial for found in verdict.candidates]
    if trial is None or trial in known:
        return trial, () if known else nearest(record, verdict)
    if trial not in range(len(record.trials)):
        there = ", ".join(map(str, known)) or "none"
        raise typer.BadParameter(f"there is no trial {trial}; candidates are: {there}")
    return None, became_of(record, trial)
