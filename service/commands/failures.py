"""Errors as a person should read them: one message with its remedy, and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from rich.console import Console

from agents.engine import cause_of
from agents.errors import AgentError, ModelError
from sandbox.errors import SandboxError, SandboxUnavailable
from service.console.harmless import harmless
from service.demo.releases import ReleaseUnavailable
from service.errors import ServiceError
from service.kit.database import DATABASE_LOST, DATABASE_MISNAMED

DONE, USAGE, ABSTAINED, BAD_ISSUE, NO_SANDBOX, NO_MODEL, NOT_READY, DIFFERS, INTERRUPTED = (
    0, 2, 3, 4, 5, 6, 7, 8, 130,
)  # fmt: skip


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors that are somebody's to mend into a line and an exit code.

    What nobody foresaw keeps its traceback: it is a bug.
    """
    try:
        yield
    except KeyboardInterrupt:
        say("interrupted: what was found is stored")
        sys.exit(INTERRUPTED)
    except ValidationError as error:
        say(*setting_errors(error))
        sys.exit(USAGE)
    except (*DATABASE_LOST, DATABASE_MISNAMED) as error:
        say(database_error(error))
        sys.exit(NOT_READY)
    except (AgentError, SandboxError, ServiceError, ReleaseUnavailable, OSError) as error:
        say(cause_of(error) + hint(error))
        sys.exit(code_of(error))


def setting_errors(error: ValidationError) -> list[str]:
    """A line for each variable that holds what it cannot hold; values may be secrets."""
    return [
        ": ".join([*map(variable, e["loc"]), e["msg"].removeprefix("Value error, ")])
        for e in error.errors(include_input=False)
    ]


def variable(field: int | str) -> str:
    """The environment variable of a setting."""
    name = str(field).upper()
    return name if name.startswith(("BUDWOOD_", "OPENAI_")) else f"BUDWOOD_{name}"


def database_error(error: Exception) -> str:
    """What the driver said, without the statement; it names no password."""
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    return f"the database cannot be used: {said}; see BUDWOOD_DATABASE_URL and budwood doctor"


def hint(error: Exception) -> str:
    """Which settings may help."""
    if isinstance(error, SandboxUnavailable):
        return "\nBUDWOOD_SANDBOX names those to try; budwood doctor says what works here"
    if isinstance(error, OSError):
        return "; or choose other folders with BUDWOOD_CACHE_DIR and BUDWOOD_DATA_DIR"
    return ""


def code_of(error: Exception) -> int:
    """The documented exit code of an error."""
    if isinstance(error, SandboxUnavailable):
        return NO_SANDBOX
    if isinstance(error, ModelError):
        return NO_MODEL
    return NOT_READY if isinstance(error, ServiceError) else BAD_ISSUE


def say(*lines: str) -> None:
    """Tell something on standard error, so that standard output stays data."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(f"budwood: {harmless(line)}", markup=False)
