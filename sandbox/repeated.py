"""Work that is done again and again beside the program, until it is stopped."""

import threading
from collections.abc import Callable
from contextlib import suppress

from sandbox.errors import SandboxError


class Repeated:
    """Calls `work` every so many seconds from a thread of its own; what it raises of ours is let go."""

    def __init__(self, work: Callable[[], object], seconds: float) -> None:
        """The first call comes after the first interval."""
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._loop, args=(work, seconds), name="repeated", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End, after a call that is under way. Idempotent."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _loop(self, work: Callable[[], object], seconds: float) -> None:
        while not self._stopped.wait(seconds):
            with suppress(SandboxError):
                work()
