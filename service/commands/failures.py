"""Errors as a person should read them: one message with its remedy, and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from rich.console import Console

from agents.errors import AgentError, ModelError
from sandbox.errors import SandboxError, SandboxUnavailable
from service.demo.releases import ReleaseUnavailable
from service.errors import ServiceError

DONE, USAGE, ABSTAINED, BAD_ISSUE, NO_SANDBOX, NO_MODEL, NOT_READY, INTERRUPTED = (
    0, 2, 3, 4, 5, 6, 7, 130,
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
        say(*[f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()])
        sys.exit(USAGE)
    except (AgentError, SandboxError, ServiceError, ReleaseUnavailable, OSError) as error:
        say(str(error))
        sys.exit(code_of(error))


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
        console.print(f"budwood: {line}", markup=False)
