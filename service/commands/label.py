"""`label`: tell what came of a verdict, so that confidence can be calibrated."""

from typing import Annotated

import typer
from pydantic import ValidationError

from service.commands.confidence import opened, say
from service.errors import Refused
from service.labels.schemas import PERSON, LabelIn
from service.labels.service import tell


def label(
    search: Annotated[str, typer.Argument(metavar="ID", help="A search that is stored here.")],
    right: Annotated[
        bool,
        typer.Option(
            "--right/--wrong",
            help="Whether its patch is right; of an abstention: whether one of its candidates is.",
        ),
    ],
    source: Annotated[str, typer.Option(help="Who says so: person, grader or another.")] = PERSON,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell whether the decision of a search was right. No search ever sees it.

    The last label of a source counts; labels on which sources disagree are used for nothing.
    """
    try:
        with opened() as database:
            told = tell(database, search, LabelIn(right=right, source=source))
    except Refused as error:
        raise typer.BadParameter(str(error)) from None
    except ValidationError as error:
        raise typer.BadParameter(f"--source: {error.errors()[0]['msg']}") from None
    if as_json:
        print(told.model_dump_json(indent=2))  # noqa: T201 - the output
        return
    say([f"{search} is {'right' if told.right else 'wrong'}, says {told.source}"])
