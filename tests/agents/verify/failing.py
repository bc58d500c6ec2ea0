"""Code that fails as if it lay in the workspace of a sandbox."""

from collections.abc import Callable
from typing import Any


def failed_of(source: str, call: Callable[[dict[str, Any]], object]) -> BaseException:
    """What `call` raised when it got the names of `source`, the file ``core.py``."""
    scope: dict[str, Any] = {}
    exec(compile(source, "/workspace/core.py", "exec"), scope)
    try:
        call(scope)
    except BaseException as error:  # noqa: BLE001 - a test of a test may raise anything
        return error
    raise AssertionError("it was to fail")
