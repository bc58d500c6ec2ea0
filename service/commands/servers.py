"""`serve`, `worker` and `migrate`: what a self-hosted Budwood runs."""

from typing import Annotated

import typer

from service.commands.failures import say
from service.config import Settings
from service.kit import migrate as migrations


def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen.")] = None,
    port: Annotated[int | None, typer.Option(help="0 takes a free one.")] = None,
) -> None:
    """Serve the HTTP API. Without BUDWOOD_BROKER_URL searches run in this process."""
    from service.app import serve as serve_api  # noqa: PLC0415 - the web stack, for this alone

    chosen = {"host": host, "port": port}
    given = {name: value for name, value in chosen.items() if value is not None}
    settings = Settings(**given)  # type: ignore[arg-type]
    try:
        settings.check_exposure()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    serve_api(settings)


def worker(
    concurrency: Annotated[int, typer.Option(help="Processes; one per core is right.")] = 2,
) -> None:
    """Carry searches out, from the queue of BUDWOOD_BROKER_URL."""
    from service.worker import run  # noqa: PLC0415 - Celery, for this alone

    settings = Settings()
    if settings.broker_url is None:
        raise typer.BadParameter("a worker needs a queue: set BUDWOOD_BROKER_URL=redis://HOST/0")
    run(settings, [f"--concurrency={concurrency}"])


def migrate() -> None:
    """Bring the database of BUDWOOD_DATABASE_URL to the newest schema."""
    settings = Settings()
    migrations.upgrade(settings.database_url)
    say("the database is up to date")
