"""The command line. Each command is a file in `service.commands`.

Exit codes: 0 done (a patch was found) · 2 wrong usage · 3 abstained, with a reason · 4 the issue,
the repository or the environment is not usable · 5 no sandbox works here · 6 the model cannot be
asked · 7 the database or the queue is not ready · 8 a replay gave another tree · 130 interrupted;
the search can be resumed.
"""

import sys
import warnings

import typer

from service.commands.calibration import calibration
from service.commands.demo import demo
from service.commands.doctor import doctor
from service.commands.evaluate import evaluate
from service.commands.explain import explain
from service.commands.failures import explained
from service.commands.images import images
from service.commands.label import label
from service.commands.prices import prices
from service.commands.replay import replay
from service.commands.select import select
from service.commands.servers import migrate, serve, worker
from service.commands.solve import resume, solve
from service.commands.strategies import strategies
from service.kit.logs import configure

app = typer.Typer(
    name="budwood",
    help="Turn an issue into a verified patch by searching: grow many shoots, graft the best.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done, 2 usage, 3 abstained, 4 issue or repository, 5 no sandbox, "
    "6 model, 7 database or queue, 8 replay differs, 130 interrupted.",
)
for command in (
    *(demo, solve, select, resume, explain, replay, label, strategies, prices),
    *(serve, worker, migrate, doctor),
):
    app.command()(command)
app.add_typer(calibration)
app.add_typer(images)
app.add_typer(evaluate)


def main() -> None:
    """The entry point of `budwood`."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore", DeprecationWarning)
    configure("WARNING")  # structlog's own tracebacks show local variables, and keys are among them
    with explained():
        app()


if __name__ == "__main__":
    main()
