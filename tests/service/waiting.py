"""Waiting for something that happens elsewhere, with a deadline."""

import threading
import time
from collections.abc import Callable


def until(condition: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Raises: AssertionError that names `what` when it did not come true in time."""
    deadline = time.monotonic() + seconds
    never = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds} s still waiting for: {what}"
        never.wait(0.05)
